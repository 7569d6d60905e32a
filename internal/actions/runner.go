// Package actions is the GitHub Action: it reads the inputs, masks the secrets before
// it prints anything else, runs a plan, a sync or a check, and sets the outputs, the
// job summary and one comment on the pull request. It uses go-githubactions for the
// runner and go-github for GitHub's API.
package actions

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sethvargo/go-githubactions"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// Runner is the runner that the Action runs on.
type Runner struct {
	action *githubactions.Action
	out    io.Writer
	env    []string
	getenv func(string) string

	masks  []sentMask
	hidden map[string][]string // the outputs that contain a mask, by the secret's name
}

// NewRunner returns the runner that env describes. The function getenv looks up a
// variable of env. Workflow commands go to w.
func NewRunner(w io.Writer, env []string, getenv func(string) string) *Runner {
	action := githubactions.New(githubactions.WithWriter(w), githubactions.WithGetenv(getenv))
	return &Runner{action: action, out: w, env: env, getenv: getenv, hidden: map[string][]string{}}
}

// OnGitHub reports whether the runner executes workflow commands, as GitHub's does.
// Others print them.
func (r *Runner) OnGitHub() bool { return r.getenv("GITHUB_ACTIONS") == "true" }

// Error annotates the run with each line of a message, as an error.
func (r *Runner) Error(message string) { r.annotate("error", message) }

// Warning annotates the run with each line of a message, as a warning.
func (r *Runner) Warning(message string) { r.annotate("warning", message) }

// Notice annotates the run with each line of a message, as a notice.
func (r *Runner) Notice(message string) { r.annotate("notice", message) }

func (r *Runner) annotate(kind, message string) {
	for line := range strings.Lines(message) {
		line = strings.TrimRight(line, "\r\n")
		if !r.OnGitHub() {
			fmt.Fprintf(r.out, "%s: %s\n", kind, report.Safe(line))
			continue
		}
		r.action.IssueCommand(&githubactions.Command{
			Name: kind, Message: line, Properties: githubactions.CommandProperties{"title": "prefect-secrets"},
		})
	}
}

// Output sets an output for later steps: a string unchanged, anything else as JSON on
// one line. Outside a runner, without GITHUB_OUTPUT, it does nothing.
func (r *Runner) Output(name string, value any) error {
	if r.getenv("GITHUB_OUTPUT") == "" {
		return nil
	}
	text, ok := value.(string)
	if !ok {
		data, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("output %s: %w", name, err)
		}
		text = string(data)
	}
	r.recordHidden(name, text)
	return r.fileCommand("output "+name, func() { r.action.SetOutput(name, text) })
}

// maxSummary is the longest summary of a step, in bytes. GitHub drops longer ones
// completely (GitHub, "Workflow commands", job summaries).
const maxSummary = 1 << 20

// Summary appends to the job summary. Without GITHUB_STEP_SUMMARY it does nothing.
func (r *Runner) Summary(document *report.Document) error {
	if r.getenv("GITHUB_STEP_SUMMARY") == "" {
		return nil
	}
	return r.fileCommand("job summary", func() { r.action.AddStepSummary(document.Cut(maxSummary, elsewhere)) })
}

// elsewhere says where all of a document is that was cut.
const elsewhere = "the log has all of them"

// fileCommand calls write. It returns an error about what if write panics, as
// go-githubactions does if it cannot write the runner's file.
func (r *Runner) fileCommand(what string, write func()) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%s: the runner's file cannot be written", what)
		}
	}()
	write()
	return nil
}
