package report_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

var oneOfEach = []check.Diagnostic{
	newDiagnostic(check.SeverityNote, 1), newDiagnostic(check.SeverityWarning, 2),
	newDiagnostic(check.SeverityError, 3), newDiagnostic(check.SeverityWarning, 4),
}

func mustWrite(t *testing.T, write func(io.Writer, []check.Diagnostic, int) error, found []check.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := write(&b, found, 1); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNotesAreCountedApart(t *testing.T) {
	for want, found := range map[string][]check.Diagnostic{
		"1 file, 1 error, 2 warnings, 1 note":  oneOfEach,
		"1 file, 1 error, 2 warnings":          oneOfEach[1:],
		"1 file, 0 errors, 0 warnings, 1 note": oneOfEach[:1],
	} {
		if got := report.Counts(found, 1); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestEveryFormatHasNotes(t *testing.T) {
	for _, format := range []struct {
		name  string
		write func(io.Writer, []check.Diagnostic, int) error
		wants []string
	}{
		{"text", report.DiagnosticsText, []string{": note: message 1", "check: 1 file, 1 error, 2 warnings, 1 note\n"}},
		{"github", report.DiagnosticsGitHub, []string{"::notice col=2,endColumn=5,endLine=1,", "check: 1 file, 1 error, 2 warnings, 1 note\n"}},
		{"json", report.DiagnosticsJSON, []string{`"severity": "note"`}},
		{"sarif", report.SARIF{}.Diagnostics, []string{`"level": "note"`}},
		{"markdown", report.DiagnosticsComment, []string{"**1 error**, 2 warnings, 1 note in 1 file.", "| note | `a,b.toml:1:2` · rule<br>"}},
	} {
		got := mustWrite(t, format.write, oneOfEach)
		for _, want := range format.wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q: %s", format.name, want, got)
			}
		}
	}
	var document struct{ Summary map[string]int }
	if err := json.Unmarshal([]byte(mustWrite(t, report.DiagnosticsJSON, oneOfEach)), &document); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"files": 1, "errors": 1, "warnings": 2, "notes": 1}
	if diff := cmp.Diff(want, document.Summary); diff != "" {
		t.Error(diff)
	}
}

// GitHub shows ten notices of a step, as it shows ten warnings.
func TestNotesAreAnnotatedLast(t *testing.T) {
	var found []check.Diagnostic
	for n := range 12 {
		found = append(found, newDiagnostic(check.SeverityNote, n+1))
	}
	found = append(found, newDiagnostic(check.SeverityWarning, 1))
	lines := strings.Split(mustWrite(t, report.DiagnosticsGitHub, found), "\n")
	if !strings.HasPrefix(lines[0], "::warning ") || !strings.HasPrefix(lines[1], "::notice ") || !strings.HasPrefix(lines[10], "::notice ") {
		t.Errorf("got %q", lines)
	}
	if want := "not annotated, since GitHub shows 10 of a kind: 0 errors, 0 warnings, 2 notes"; lines[12] != want {
		t.Errorf("got  %q\nwant %q", lines[12], want)
	}
	if n := report.Unannotated(found); n != 2 {
		t.Errorf("%d findings are not annotated", n)
	}
}
