package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/sethvargo/go-githubactions"

	"github.com/prefect-secrets/prefect-secrets/check"
)

// DiagnosticsText writes each finding with its code frame and hint, and a line of
// counts.
func DiagnosticsText(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	for _, d := range diagnostics {
		if _, err := fmt.Fprintln(w, Safe(d.String())); err != nil {
			return err
		}
		if d.Frame != "" {
			fmt.Fprintln(w, disarm(d.Frame))
		}
		if d.Hint != "" {
			fmt.Fprintf(w, "  hint: %s\n", Safe(d.Hint))
		}
	}
	_, err := fmt.Fprintf(w, "check: %s\n", countsLine(diagnostics, files))
	return err
}

// place is file:line:col, or the file alone where no place in it is known.
func place(d check.Diagnostic) string {
	if d.Line == 0 {
		return Safe(d.File)
	}
	return fmt.Sprintf("%s:%d:%d", Safe(d.File), d.Line, d.Column)
}

func countsLine(diagnostics []check.Diagnostic, files int) string {
	errs, warnings := CountSeverities(diagnostics)
	return fmt.Sprintf("%s, %s, %s", plural(files, "file"), plural(errs, "error"), plural(warnings, "warning"))
}

// CountSeverities counts the errors and the warnings.
func CountSeverities(diagnostics []check.Diagnostic) (errs, warnings int) {
	for _, d := range diagnostics {
		if d.Severity == check.Error {
			errs++
		} else {
			warnings++
		}
	}
	return errs, warnings
}

// DiagnosticsJSON writes the findings as one JSON document.
func DiagnosticsJSON(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	errs, warnings := CountSeverities(diagnostics)
	if diagnostics == nil {
		diagnostics = []check.Diagnostic{}
	}
	return writeJSON(w, struct {
		FormatVersion int                `json:"format_version"`
		Diagnostics   []check.Diagnostic `json:"diagnostics"`
		Summary       map[string]int     `json:"summary"`
	}{FormatVersion, diagnostics, map[string]int{"files": files, "errors": errs, "warnings": warnings}})
}

// shownAnnotations is how many errors and how many warnings of one step GitHub
// shows (actions/toolkit PR 734).
const shownAnnotations = 10

// DiagnosticsGitHub writes the findings as workflow commands, the errors first,
// as many as GitHub shows, and then how many there are in all.
func DiagnosticsGitHub(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	sorted := slices.Clone(diagnostics)
	slices.SortStableFunc(sorted, func(a, b check.Diagnostic) int {
		return cmp.Compare(weight(a.Severity), weight(b.Severity))
	})
	action := githubactions.New(githubactions.WithWriter(w))
	shown := map[check.Severity]int{}
	for _, d := range sorted {
		if shown[d.Severity]++; shown[d.Severity] <= shownAnnotations {
			annotate(action, d)
		}
	}
	_, err := fmt.Fprintf(w, "check: %s\n", countsLine(diagnostics, files))
	return err
}

func weight(s check.Severity) int {
	if s == check.Error {
		return 0
	}
	return 1
}

func annotate(action *githubactions.Action, d check.Diagnostic) {
	name := "warning"
	if d.Severity == check.Error {
		name = "error"
	}
	properties := githubactions.CommandProperties{"file": d.File, "title": "prefect-secrets: " + d.Rule}
	if d.Line > 0 {
		properties["line"], properties["col"] = strconv.Itoa(d.Line), strconv.Itoa(d.Column)
		properties["endLine"], properties["endColumn"] = strconv.Itoa(d.EndLine), strconv.Itoa(d.EndColumn)
	}
	message := d.Message
	if d.Hint != "" {
		message += "\n" + d.Hint
	}
	action.IssueCommand(&githubactions.Command{Name: name, Message: message, Properties: properties})
}
