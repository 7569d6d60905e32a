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

// DiagnosticsGitHub writes the findings as [Annotate] does, for files whose paths are
// from the root of the repository, with their counts before the last line.
func DiagnosticsGitHub(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	rest := annotateFirst(w, diagnostics, func(file string) string { return file })
	if _, err := fmt.Fprintf(w, "check: %s\n", Counts(diagnostics, files)); err != nil {
		return err
	}
	return notAnnotated(w, rest)
}

// Annotate writes the findings as workflow commands, errors first, as many as GitHub
// shows, and a line of how many others there are. The function path returns the path of
// a file from the root of the repository, or "" for a file that is not in it: the text of
// the annotation says where that is.
func Annotate(w io.Writer, diagnostics []check.Diagnostic, path func(file string) string) error {
	return notAnnotated(w, annotateFirst(w, diagnostics, path))
}

// annotateFirst annotates as many findings as GitHub shows, and returns the others.
func annotateFirst(w io.Writer, diagnostics []check.Diagnostic, path func(file string) string) (rest []check.Diagnostic) {
	action := githubactions.New(githubactions.WithWriter(w))
	count := map[check.Severity]int{}
	for _, d := range ErrorsFirst(diagnostics) {
		if count[d.Severity]++; count[d.Severity] > maxAnnotations {
			rest = append(rest, d)
			continue
		}
		annotate(action, d, path(d.File))
	}
	return rest
}

func notAnnotated(w io.Writer, rest []check.Diagnostic) error {
	if len(rest) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "not annotated, since GitHub shows %d of a kind: %s\n", maxAnnotations, severitiesLine(rest))
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

func annotate(action *githubactions.Action, d check.Diagnostic, file string) {
	properties := githubactions.CommandProperties{"title": "prefect-secrets: " + d.Rule}
	text := AnnotationText(d)
	if file == "" {
		text = position(d) + ": " + text
	} else {
		properties["file"] = file
	}
	if file != "" && d.Line > 0 {
		properties["line"], properties["col"] = strconv.Itoa(d.Line), strconv.Itoa(d.Column)
		properties["endLine"], properties["endColumn"] = strconv.Itoa(d.EndLine), strconv.Itoa(d.EndColumn)
	}
	action.IssueCommand(&githubactions.Command{Name: commandName(d.Severity), Message: text, Properties: properties})
}
