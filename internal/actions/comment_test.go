package actions_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func newCommentable() *githubtest.Server {
	return &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
}

// newLongPlan returns a plan that deletes two names and creates n.
func newLongPlan(n int) *report.Document {
	plan := &secretsync.Plan{Actions: []secretsync.Action{
		{Name: "OLD_A", Kind: secretsync.Delete}, {Name: "OLD_B", Kind: secretsync.Delete},
	}}
	for i := range n {
		plan.Actions = append(plan.Actions, secretsync.Action{Name: fmt.Sprintf("NAME_%05d", i), Kind: secretsync.Create})
	}
	return report.Markdown{}.Plan([]secretsync.TenantResult{{Plan: plan}}).Footer("of the plan")
}

// newLongCheck returns n findings, of about 450 characters each.
func newLongCheck(n int) *report.Document {
	var found []check.Diagnostic
	for i := range n {
		found = append(found, check.Diagnostic{
			File: strings.Repeat("d/", 150) + "a.toml", Line: i + 1, Rule: "type", Severity: check.SeverityError, Message: fmt.Sprintf("finding %d", i),
		})
	}
	return report.Markdown{}.Diagnostics(found, 1).Footer("of the check")
}

// comment writes a document as the section of a job, and returns the only comment.
func comment(t *testing.T, fake *githubtest.Server, job string, document *report.Document, variables ...string) string {
	t.Helper()
	if err := newGitHub(t, fake, job, new([]time.Duration), variables...).Comment(t.Context(), document); err != nil {
		t.Fatalf("%s: %v", job, err)
	}
	comments := fake.Comments()
	if len(comments) != 1 {
		t.Fatalf("%s: there are %d comments", job, len(comments))
	}
	return comments[0].Body
}

// No section of a full comment is lost to the next one, however long each of them is:
// the longest are cut, and none further than it must be.
func TestSectionsShareTheComment(t *testing.T) {
	deleted := "> **2 secrets will be deleted:** `OLD_A`, `OLD_B`."
	for name, tt := range map[string]struct {
		documents []*report.Document
		rows      []int // changes and findings, at least
		cut       bool
	}{
		"a long plan, then a check":         {[]*report.Document{newLongPlan(2500), newLongCheck(10)}, []int{1900, 10}, true},
		"a check, then a long plan":         {[]*report.Document{newLongCheck(10), newLongPlan(2500)}, []int{1900, 10}, true},
		"many findings, then a plan":        {[]*report.Document{newLongCheck(200), newLongPlan(1)}, []int{3, 130}, true},
		"two long plans":                    {[]*report.Document{newLongPlan(3000), newLongPlan(3000)}, []int{2000, 0}, true},
		"a long plan, a check, a long plan": {[]*report.Document{newLongPlan(3000), newLongCheck(20), newLongPlan(3000)}, []int{1700, 20}, true},
		"two plans, each half of a comment": {[]*report.Document{newLongPlan(1000), newLongPlan(1000)}, []int{2004, 0}, false},
		"long findings, twice, then a plan": {[]*report.Document{newLongCheck(200), newLongCheck(200), newLongPlan(50)}, []int{52, 130}, true},
	} {
		fake := newCommentable()
		body, plans, checks := "", 0, 0
		for i, document := range tt.documents {
			body = comment(t, fake, fmt.Sprintf("job%d", i), document)
			if strings.Contains(document.String(), "OLD_A") {
				plans++
			} else {
				checks++
			}
		}
		changes, findings := strings.Count(body, "| `+`")+strings.Count(body, "| `-`"), strings.Count(body, "| **error** |")
		if changes < tt.rows[0] || findings < tt.rows[1] {
			t.Errorf("%s: %d changes and %d findings, want %v", name, changes, findings, tt.rows)
		}
		for text, want := range map[string]int{
			deleted: plans, "| `OLD_A` |": plans, "<sub>of the plan</sub>": plans, "### Prefect secrets: check": checks,
			"<sub>of the check</sub>": checks, "<!-- prefect-secrets:end -->\n": plans + checks,
		} {
			if got := strings.Count(body, text); got != want {
				t.Errorf("%s: %q is there %d times, want %d", name, text, got, want)
			}
		}
		if missing := strings.Contains(body, "are shown here; the log has all of them.\n"); missing != tt.cut || len(body) < 60000 {
			t.Errorf("%s: that something is cut is said: %t, in %d bytes", name, missing, len(body))
		}
	}
}

var jobNames = regexp.MustCompile(`<sub>job(\d+)</sub>`)

// The comment of more jobs than it has room for keeps the newest, each with its
// heading and its footer, and says that others are missing.
func TestMoreJobsThanACommentHasRoomFor(t *testing.T) {
	const full = 170
	var b strings.Builder
	b.WriteString("<!-- prefect-secrets -->\n")
	for i := range full { // the oldest in the middle
		footer := fmt.Sprintf("<sub>job%d</sub>\n", i)
		text := "### Prefect secrets: plan\n\n" + strings.Repeat("x", 340-29-len(footer)) + "\n\n" + footer
		fmt.Fprintf(&b, "<!-- prefect-secrets:job %016d 12000000%03d.1 -->\n%s<!-- prefect-secrets:end -->\n", i, (i+85)%full, text)
	}
	fake := newCommentable()
	fake.AddComment("github-actions[bot]", "Bot", "NONE", b.String())
	document := report.Markdown{}.Skipped(strings.Repeat("because ", 60)).Footer("job999")
	body := comment(t, fake, "job", document, "GITHUB_RUN_ID=13000000000", "GITHUB_RUN_ATTEMPT=1")
	var names []string
	for _, m := range jobNames.FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	if len(names) < 130 || len(names) > full || names[0] != "0" || names[len(names)-1] != "999" || slices.Contains(names, "85") {
		t.Errorf("there are %d jobs: %v", len(names), names)
	}
	const note = "_Results of older runs have no room here. Their logs have them._\n"
	if strings.Count(body, "### Prefect secrets: ") != len(names) || !strings.HasSuffix(body, "end -->\n"+note) {
		t.Errorf("the end is %s", body[len(body)-500:])
	}
	if body = comment(t, fake, "job", newDocument("short", "job"), "GITHUB_RUN_ID=13000000001"); strings.Count(body, note) != 1 {
		t.Error("the next run removes the note")
	}
}

// However a person edits the comment on its page, the next run finds it and each section.
func TestTheCommentIsFoundAfterAnEdit(t *testing.T) {
	for name, edit := range map[string]func(string) string{
		"nothing":              func(s string) string { return s },
		"lines of Windows":     func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"some lines":           func(s string) string { return strings.Replace(s, "\n", "\r\n", 3) },
		"no last line break":   strings.TrimSpace,
		"a line before":        func(s string) string { return "Hello\r\n" + s },
		"an empty line before": func(s string) string { return "\r\n\r\n" + s },
		"a line after":         func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") + "Thanks" },
		"spaces after marks":   func(s string) string { return strings.ReplaceAll(s, "-->\n", "-->  \n") },
		"no last mark": func(s string) string {
			return strings.TrimSuffix(strings.ReplaceAll(s, "\n", "\r\n"), "<!-- prefect-secrets:end -->\r\n")
		},
		"no first end":   func(s string) string { return strings.Replace(s, "<!-- prefect-secrets:end -->\n", "", 1) },
		"a changed typo": func(s string) string { return strings.ReplaceAll(s, "Plan of", "PLAN of") },
	} {
		fake := newCommentable()
		for _, job := range []string{"first", "second"} {
			comment(t, fake, job, newDocument("plan of "+job, job))
		}
		fake.EditComments(edit)
		body := comment(t, fake, "first", newDocument("new plan of first", "first"))
		for text, want := range map[string]int{"plan of first": 1, "lan of second": 1, "New plan": 1, "\r": 0, "<!-- prefect-secrets -->\n": 1} {
			if got := strings.Count(strings.ReplaceAll(body, "LAN", "lan"), text); got != want {
				t.Errorf("%s: %q is there %d times in\n%s", name, text, got, body)
			}
		}
		body = comment(t, fake, "second", newDocument("new plan of second", "second"))
		if n := strings.Count(body, "<!-- prefect-secrets:job "); n != 2 || strings.Count(body, "<!-- prefect-secrets:end -->\n") != 2 {
			t.Errorf("%s: there are %d sections in\n%s", name, n, body)
		}
	}
}

// An older run, and an earlier attempt of the same run, leave the result of a newer one.
func TestAnOlderRunLeavesTheNewerResult(t *testing.T) {
	variables := func(run, attempt string) []string {
		return []string{"GITHUB_RUN_ID=" + run, "GITHUB_RUN_ATTEMPT=" + attempt}
	}
	for _, tt := range []struct {
		before, now []string
		kept        bool
	}{
		{variables("12345678901", "1"), variables("12345678900", "1"), true},
		{variables("12345678901", "1"), variables("9999999999", "7"), true},
		{variables("12345678901", "2"), variables("12345678901", "1"), true},
		{variables("12345678901", "1"), variables("12345678901", "2"), false},
		{variables("12345678901", "1"), variables("12345678901", "1"), false},
		{variables("12345678901", "9"), variables("12345678902", "1"), false},
		{variables("9", "1"), variables("10", "1"), false},
		{variables("12345678901", "1"), variables("", ""), false},
		{variables("", ""), variables("1", "1"), false},
		{variables("x", "1"), variables("1", "1"), false},
	} {
		fake := newCommentable()
		comment(t, fake, "other", newDocument("another job", ""), variables("99999999999", "1")...)
		comment(t, fake, "plan", newDocument("the plan before", ""), tt.before...)
		err := newGitHub(t, fake, "plan", new([]time.Duration), tt.now...).Comment(t.Context(), newDocument("the plan now", ""))
		body := fake.Comments()[0].Body
		if before, now := strings.Contains(body, "plan before"), strings.Contains(body, "plan now"); before != tt.kept || now == tt.kept {
			t.Errorf("%v after %v: before %t, now %t", tt.now, tt.before, before, now)
		}
		const note = "commenting on pull request 7: it already has the result of a newer run of this step"
		if got := fmt.Sprint(err); tt.kept && got != note || !tt.kept && err != nil {
			t.Errorf("%v after %v: %v", tt.now, tt.before, err)
		}
		if !strings.Contains(body, "Another job") {
			t.Errorf("%v after %v: the other section is lost", tt.now, tt.before)
		}
	}
}

// A comment with the mark is the Action's only if its own token, or GITHUB_TOKEN, wrote
// it: others could change it afterwards.
func TestWhoseCommentIsTheActions(t *testing.T) {
	for _, tt := range []struct {
		login, kind, association string // of the author
		owner, token             string // of the token
		silent                   bool   // GitHub does not say whose it is
		own                      bool
		wantErr                  string
	}{
		{"someone", "User", "MEMBER", "", githubtest.Token, false, false, ""},
		{"someone", "User", "COLLABORATOR", "", githubtest.Token, false, false, ""},
		{"someone", "User", "OWNER", "", githubtest.Token, false, false, ""},
		{"someone", "User", "OWNER", "", githubtest.Token, true, false, ""},
		{"github-actions[bot]", "Bot", "NONE", "", githubtest.Token, false, true, ""},
		{"github-actions[bot]", "Bot", "NONE", "", githubtest.Token, true, true, ""},
		{"mirror[bot]", "Bot", "NONE", "", githubtest.Token, false, false, ""},
		{"deploy[bot]", "Bot", "NONE", "deploy[bot]", githubtest.Token, false, true, ""},
		{"deploy[bot]", "Bot", "NONE", "deploy[bot]", githubtest.Token, true, true, ""},
		{"github-actions[bot]", "Bot", "NONE", "deploy[bot]", githubtest.Token, false, true, ""},
		{"Alice", "User", "NONE", "alice", githubtest.PersonalToken, false, true, ""},
		{"alice", "User", "MEMBER", "bob", githubtest.PersonalToken, false, false, ""},
		{"alice", "User", "MEMBER", "alice", githubtest.PersonalToken, true, false, "asking whose the token is: GitHub answered HTTP 502"},
	} {
		fake := newCommentable()
		fake.Login = tt.owner
		fake.Fails = func(r *http.Request) bool { return tt.silent && strings.HasSuffix(r.URL.Path, "/graphql") }
		fake.AddComment(tt.login, tt.kind, tt.association, "<!-- prefect-secrets -->\nhello")
		g := newGitHub(t, fake, "plan", new([]time.Duration), "token="+tt.token)
		for range 2 {
			if err := g.Comment(t.Context(), newDocument("the plan", "")); (err == nil) != (tt.wantErr == "") || !strings.Contains(fmt.Sprint(err), tt.wantErr) {
				t.Errorf("%+v: %v", tt, err)
			}
		}
		comments := fake.Comments()
		if written := !strings.Contains(comments[0].Body, "hello"); written != tt.own || (len(comments) == 1) != (tt.own || tt.wantErr != "") {
			t.Errorf("%+v: the comments are %v", tt, comments)
		}
	}
}

// A run in which nobody else has a marked comment does not ask whose the token is.
func TestNobodyIsAskedWhoseTheTokenIs(t *testing.T) {
	fake := newCommentable()
	comment(t, fake, "first", newDocument("a plan", ""))
	comment(t, fake, "second", newDocument("a plan", ""))
	if n := countRequests(fake, "POST /api/graphql"); n != 0 {
		t.Errorf("GitHub was asked %d times", n)
	}
}

// A step whose run is outdated says so in the log, and succeeds.
func TestAnOutdatedRunSucceeds(t *testing.T) {
	fake := newCommentable()
	for _, run := range []string{"20", "10"} {
		w := newPullRequestWorkspace(t, fake, map[string]string{"mode": "check", "comment": "true", "github-token": githubtest.Token})
		w.Env = append(w.Env, "GITHUB_RUN_ID="+run, "GITHUB_RUN_ATTEMPT=1",
			"INPUT_CONFIG-FILES="+w.Write(t, "run"+run+".toml", configWithWarnings(1)))
		r := runAction(t, w.Env)
		const note = "note: commenting on pull request 7: it already has the result of a newer run of this step\n"
		if r.code != exit.OK || w.Outputs(t)["status"] != "success" || strings.Contains(r.stdout, note) != (run == "10") {
			t.Errorf("run %s: exit code %d: %s", run, r.code, r.stdout)
		}
	}
	if body := fake.Comments()[0].Body; !strings.Contains(body, "run20.toml") || strings.Contains(body, "run10.toml") {
		t.Errorf("the comment is %s", body)
	}
}
