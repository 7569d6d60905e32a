package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sethvargo/go-githubactions"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
)

// shownAnnotations is how many errors and how many warnings of one step GitHub
// shows (actions/toolkit PR 734).
const maxAnnotations = 10

// DiagnosticsGitHub writes the findings as workflow commands, the gravest first
// and as many as GitHub shows, then how many there are and, on the last line, how
// many of them are no annotation.
func DiagnosticsGitHub(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	action := githubactions.New(githubactions.WithWriter(w))
	shown := map[check.Severity]int{}
	var rest []check.Diagnostic
	for _, d := range ErrorsFirst(diagnostics) {
		if shown[d.Severity]++; shown[d.Severity] > maxAnnotations {
			rest = append(rest, d)
			continue
		}
		annotate(action, d)
	}
	_, err := fmt.Fprintf(w, "check: %s\n", Counts(diagnostics, files))
	if err == nil && len(rest) > 0 {
		_, err = fmt.Fprintf(w, "not annotated, since GitHub shows %d of a kind: %s\n", maxAnnotations, severitiesLine(rest))
	}
	return err
}

// Unannotated is how many findings GitHub does not show as annotations of a step.
func Unannotated(diagnostics []check.Diagnostic) int {
	errs, warnings := CountSeverities(diagnostics)
	return max(errs-maxAnnotations, 0) + max(warnings-maxAnnotations, 0)
}

func annotate(action *githubactions.Action, d check.Diagnostic) {
	properties := githubactions.CommandProperties{"file": d.File, "title": "prefect-secrets: " + d.Rule}
	if d.Line > 0 {
		properties["line"], properties["col"] = strconv.Itoa(d.Line), strconv.Itoa(d.Column)
		properties["endLine"], properties["endColumn"] = strconv.Itoa(d.EndLine), strconv.Itoa(d.EndColumn)
	}
	message := strings.TrimSuffix(d.Message+"\n"+d.Hint, "\n")
	action.IssueCommand(&githubactions.Command{Name: string(d.Severity), Message: message, Properties: properties})
}
