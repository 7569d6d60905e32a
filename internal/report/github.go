package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/sethvargo/go-githubactions"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
)

// maxAnnotations is how many errors, how many warnings and how many notices of one step
// GitHub shows (actions/toolkit PR 734).
const maxAnnotations = 10

// DiagnosticsGitHub writes the findings as workflow commands, errors first, as many as
// GitHub shows. Then it writes the counts and, on the last line, how many findings are
// not annotated.
func DiagnosticsGitHub(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	action := githubactions.New(githubactions.WithWriter(w))
	count := map[check.Severity]int{}
	var rest []check.Diagnostic
	for _, d := range ErrorsFirst(diagnostics) {
		if count[d.Severity]++; count[d.Severity] > maxAnnotations {
			rest = append(rest, d)
			continue
		}
		annotate(action, d)
	}
	_, err := fmt.Fprintf(w, "check: %s\n", Counts(diagnostics, files))
	if err == nil && len(rest) > 0 {
		_, err = fmt.Fprintf(w, "not annotated, since GitHub shows %d of a kind: %s\n",
			maxAnnotations, severitiesLine(rest))
	}
	return err
}

// Unannotated returns how many findings GitHub does not show as annotations of a step.
func Unannotated(diagnostics []check.Diagnostic) int {
	unannotated := 0
	for _, n := range CountSeverities(diagnostics) {
		unannotated += max(n-maxAnnotations, 0)
	}
	return unannotated
}

// commandName returns the workflow command that makes an annotation of a severity.
func commandName(severity check.Severity) string {
	if severity == check.SeverityNote {
		return "notice"
	}
	return string(severity)
}

// AnnotationText returns the text of a finding's annotation: a line for the message and
// one for the hint, in the words of [DiagnosticsText].
func AnnotationText(d check.Diagnostic) string {
	if d.Hint == "" {
		return Safe(d.Message)
	}
	return Safe(d.Message) + "\nhint: " + Safe(d.Hint)
}

func annotate(action *githubactions.Action, d check.Diagnostic) {
	properties := githubactions.CommandProperties{"file": d.File, "title": "prefect-secrets: " + d.Rule}
	if d.Line > 0 {
		properties["line"], properties["col"] = strconv.Itoa(d.Line), strconv.Itoa(d.Column)
		properties["endLine"], properties["endColumn"] = strconv.Itoa(d.EndLine), strconv.Itoa(d.EndColumn)
	}
	command := githubactions.Command{Name: commandName(d.Severity), Message: AnnotationText(d), Properties: properties}
	action.IssueCommand(&command)
}
