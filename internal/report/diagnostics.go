package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
)

// DiagnosticsText writes each finding with its code frame and hint, a blank line between
// two of them, and a line of counts.
func DiagnosticsText(w io.Writer, diagnostics []check.Diagnostic, files int) error {
	out := terminal.Of(w)
	var b bytes.Buffer
	for _, d := range diagnostics {
		writeFinding(&b, out, d)
		b.WriteString("\n")
		if b.Len() < 64<<10 {
			continue
		}
		if _, err := b.WriteTo(w); err != nil {
			return err
		}
	}
	b.WriteString(countsLine(out, "check", Counts(diagnostics, files)))
	_, err := b.WriteTo(w)
	return err
}

func writeFinding(b *bytes.Buffer, out terminal.Output, d check.Diagnostic) {
	style := out.Style
	_, mark := severityStyles(style, d.Severity)
	if !style.Coloured() && out.Width == 0 {
		b.WriteString(Safe(d.String()))
		b.WriteByte('\n')
	} else {
		b.WriteString(findingHead(out, d))
	}
	writeFrame(b, style, disarm(d.Frame), mark)
	if d.Hint != "" {
		b.WriteString("  ")
		b.WriteString(style.Cyan("hint:"))
		b.WriteByte(' ')
		b.WriteString(terminal.Wrap(Safe(d.Hint), out.Width, 8, 8))
		b.WriteByte('\n')
	}
}

// writeFrame writes a code frame, with its marker in the style mark.
func writeFrame(b *bytes.Buffer, style terminal.Style, frame string, mark func(string) string) {
	if frame != "" && !style.Coloured() {
		b.WriteString(frame)
		b.WriteByte('\n')
		return
	}
	for line := range strings.Lines(frame) {
		line = strings.TrimRight(line, "\n")
		gutter, code, _ := strings.Cut(line, "|")
		if isMark := strings.TrimSpace(gutter) == ""; isMark {
			code = mark(code)
		}
		b.WriteString(style.Dim(gutter+"|") + code + "\n")
	}
}

// findingHead returns the first line of a finding, wrapped on a terminal.
func findingHead(out terminal.Output, d check.Diagnostic) string {
	style := out.Style
	word, _ := severityStyles(style, d.Severity)
	place, severity := position(d)+":", string(d.Severity)+":"
	rule := "[" + d.Rule + "]"
	first := terminal.Columns(place) + 1 + terminal.Columns(severity) + 1
	text := terminal.Wrap(Safe(d.Message)+" "+rule, out.Width, first, 2)
	message := strings.TrimSuffix(text, rule)
	return fmt.Sprintf("%s %s %s%s\n", style.Bold(place), word(severity), style.Bold(message), style.Dim(rule))
}

// severityStyles returns the styles of the word for a severity and of the mark below
// the code.
func severityStyles(style terminal.Style, severity check.Severity) (word, mark func(string) string) {
	switch severity {
	case check.SeverityError:
		return style.BoldRed, style.Red
	case check.SeverityWarning:
		return style.BoldYellow, style.Yellow
	}
	return style.Cyan, style.Cyan
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
