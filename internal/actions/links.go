package actions

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// links makes the URLs of GitHub's pages about a run. It makes none if a variable is
// missing, or not what GitHub sets.
type links struct {
	repository string // the URL of its page; empty if unknown
	server     string // the URL of GitHub's pages; empty if unknown
	commit     string // that people know; empty if unknown
	files      *workspace
	getenv     func(string) string
}

var (
	decimal  = lazyregexp.New(`^[0-9]+$`)
	commitID = lazyregexp.New(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	segment  = lazyregexp.New(`^[A-Za-z0-9_.-]+$`)
)

// markdown makes documents about the run.
func (r *Runner) markdown(event Event) report.Markdown {
	return report.Markdown{Environment: r.input("environment"), Link: r.links(event).lines}
}

// footer returns Markdown that names the step, and links to its run and its commit.
func (r *Runner) footer(event Event) string { return r.links(event).footer(r.stepID().String()) }

func (r *Runner) links(event Event) links {
	l := links{files: r.workspace(event), getenv: r.getenv}
	server, err := url.Parse(r.getenv("GITHUB_SERVER_URL"))
	isWeb := err == nil && (server.Scheme == "https" || server.Scheme == "http") && server.Host != "" && server.User == nil
	if !isWeb || !segment().MatchString(event.Owner) || !segment().MatchString(event.Repo) {
		return l
	}
	l.server = (&url.URL{Scheme: server.Scheme, Host: server.Host}).JoinPath(server.Path).String()
	l.repository = l.page(event.Owner + "/" + event.Repo)
	if commitID().MatchString(event.Shown) {
		l.commit = event.Shown
	}
	return l
}

// page returns the URL of a repository's page.
func (l links) page(repository string) string {
	return strings.TrimSuffix(l.server, "/") + "/" + repository
}

// lines returns the URL of lines of a file at the commit that is checked out, or "" for
// a file outside every checkout. Line 0 means the file as a whole.
func (l links) lines(file string, line, endLine int) string {
	at, ok := l.files.place(file)
	if l.repository == "" || !ok || !commitID().MatchString(at.commit) {
		return ""
	}
	parts := strings.Split(at.path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	link := l.page(at.repository) + "/blob/" + at.commit + "/" + strings.Join(parts, "/")
	switch {
	case line < 1:
		return link
	case endLine > line:
		return link + "#L" + strconv.Itoa(line) + "-L" + strconv.Itoa(endLine)
	}
	return link + "#L" + strconv.Itoa(line)
}

func (l links) footer(step string) string {
	var parts []string
	if step != "" {
		parts = append(parts, report.Prose(step))
	}
	if run := l.run(); run != "" {
		parts = append(parts, run)
	}
	if l.repository != "" && l.commit != "" {
		parts = append(parts, "commit ["+l.commit[:7]+"]("+l.repository+"/commit/"+l.commit+")")
	}
	return strings.Join(parts, " · ")
}

// run returns a link to this attempt of the run, or "".
func (l links) run() string {
	id, number, attempt := l.getenv("GITHUB_RUN_ID"), l.getenv("GITHUB_RUN_NUMBER"), l.getenv("GITHUB_RUN_ATTEMPT")
	if l.repository == "" || !decimal().MatchString(id) {
		return ""
	}
	text, link := "run", l.repository+"/actions/runs/"+id
	if decimal().MatchString(number) {
		text += " " + number
	}
	if decimal().MatchString(attempt) {
		link += "/attempts/" + attempt
		if attempt != "1" {
			text += ", attempt " + attempt
		}
	}
	return "[" + text + "](" + link + ")"
}
