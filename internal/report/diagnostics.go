package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
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
	_, err := fmt.Fprintf(w, "check: %s\n", Counts(diagnostics, files))
	return err
}

// position returns file:line:column, or the file alone if the line is unknown.
func position(d check.Diagnostic) string {
	if d.Line == 0 {
		return Safe(d.File)
	}
	return fmt.Sprintf("%s:%d:%d", Safe(d.File), d.Line, d.Column)
}

// Counts returns how many files were checked, and how many errors and warnings there
// are. It names notes only if there are any.
func Counts(diagnostics []check.Diagnostic, files int) string {
	return Plural(files, "file") + ", " + severitiesLine(diagnostics)
}

func severitiesLine(diagnostics []check.Diagnostic) string {
	count := CountSeverities(diagnostics)
	line := Plural(count[check.SeverityError], "error") + ", " + Plural(count[check.SeverityWarning], "warning")
	if notes := count[check.SeverityNote]; notes > 0 {
		line += ", " + Plural(notes, "note")
	}
	return line
}

// CountSeverities returns how many findings there are of each severity.
func CountSeverities(diagnostics []check.Diagnostic) map[check.Severity]int {
	count := map[check.Severity]int{}
	for _, d := range diagnostics {
		count[d.Severity]++
	}
	return count
}

// DiagnosticsJSON writes the findings as one JSON document.
func DiagnosticsJSON(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	count := CountSeverities(diagnostics)
	if diagnostics == nil {
		diagnostics = []check.Diagnostic{}
	}
	return writeJSON(w, struct {
		FormatVersion int                `json:"format_version"`
		Diagnostics   []check.Diagnostic `json:"diagnostics"`
		Summary       map[string]int     `json:"summary"`
	}{FormatVersion, diagnostics, map[string]int{
		"files": files, "errors": count[check.SeverityError],
		"warnings": count[check.SeverityWarning], "notes": count[check.SeverityNote],
	}})
}

// ErrorsFirst returns the errors, then the warnings, then the notes, each in their order.
func ErrorsFirst(diagnostics []check.Diagnostic) []check.Diagnostic {
	weight := map[check.Severity]int{check.SeverityError: 0, check.SeverityWarning: 1, check.SeverityNote: 2}
	sorted := slices.Clone(diagnostics)
	slices.SortStableFunc(sorted, func(a, b check.Diagnostic) int {
		return cmp.Compare(weight[a.Severity], weight[b.Severity])
	})
	return sorted
}
