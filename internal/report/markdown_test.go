package report_test

import (
	"html"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// hostile is text that would leave its cell, format, link, mention or draw an emoji.
const hostile = "a|b`c*d_e~f[g](h)<i>@j\\|k #1 GH-2 :tada: $x$ www.k.l https://m.n ![o](p) 'q' \"r\" &lt;\ns"

// withoutMarkup removes the markup that the report itself writes into a row.
var withoutMarkup = strings.NewReplacer(
	"<span>$</span>", "", "<br>", "", "<code>", "", "</code>", "", "[rule](https://x/#rule)", "",
)

func TestMarkdownStaysInItsCell(t *testing.T) {
	plan := &secretsync.Plan{
		Tenant: "t", Actions: []secretsync.Action{{Name: hostile, Kind: secretsync.Create}},
	}
	md := report.PlanMarkdown([]secretsync.TenantResult{{Name: "t", Plan: plan}})
	if !strings.Contains(md, "**1** to create") {
		t.Errorf("no counts: %s", md)
	}
	d := check.Diagnostic{
		Rule: "rule", Severity: check.SeverityError, Message: hostile, Hint: hostile, File: hostile, Line: 1,
		Column: 2, Help: "https://x/#rule",
	}
	for _, row := range []string{
		strings.TrimSuffix(md[strings.Index(md, "| create"):], "\n"),
		lastLine(report.DiagnosticsMarkdown([]check.Diagnostic{d}, 1)),
	} {
		ours := withoutMarkup.Replace(row)
		if strings.Count(row, "\n") != 1 || strings.ContainsAny(ours, "`*_~[]<>$!\\") {
			t.Errorf("the row is %s", row)
		}
		if n := strings.Count(ours, "|"); n != 4 && n != 5 {
			t.Errorf("%d cells in %s", n-1, row)
		}
		prose := ours[strings.LastIndex(ours, "&#58;2")+1:] // GitHub looks for neither mention nor issue in <code>
		for text, live := range map[string][]string{
			ours: {"@j", ":tada:", "www.", "://"}, prose: {" #1", "GH-2"},
		} {
			for _, live := range live {
				if strings.Contains(text, live) {
					t.Errorf("GitHub would see %q in %s", live, text)
				}
			}
		}
	}
}

// TestMarkdownSaysTheText decodes a row as GitHub shows it.
func TestMarkdownSaysTheText(t *testing.T) {
	d := check.Diagnostic{
		Rule: "rule", Severity: check.SeverityWarning, Message: `the name "a_b" isn't <c> & $D`, Hint: "e|f",
		File: "dir/g_h.toml", Line: 3, Column: 4, Help: "https://x/#rule",
	}
	row := lastLine(report.DiagnosticsMarkdown([]check.Diagnostic{d}, 1))
	shown := strings.NewReplacer("<span>$</span>", "$", "\u200b", "").Replace(row)
	want := "| <code>dir/g_h.toml:3:4</code> | warning | [rule](https://x/#rule) | the name \"a_b\" isn't <c> & $D<br>e|f |\n"
	if diff := cmp.Diff(want, html.UnescapeString(shown)); diff != "" {
		t.Error(diff)
	}
}

func TestMarkdownShowsTheGravestFirst(t *testing.T) {
	md := report.DiagnosticsMarkdown([]check.Diagnostic{
		newDiagnostic(check.SeverityWarning, 1), newDiagnostic(check.SeverityError, 2),
	}, 1)
	if strings.Index(md, "| error |") > strings.Index(md, "| warning |") ||
		!strings.Contains(md, "1 file, 1 error, 1 warning.") {
		t.Errorf("got %s", md)
	}
	if md := report.DiagnosticsMarkdown(nil, 2); strings.Contains(md, "|") ||
		!strings.Contains(md, "2 files, 0 errors, 0 warnings.") {
		t.Errorf("got %s", md)
	}
}

func TestDiagnosticsCommentFits(t *testing.T) {
	var all []check.Diagnostic
	for n := range 2000 {
		all = append(all, newDiagnostic(check.SeverityWarning, n+1))
	}
	var b strings.Builder
	err := report.DiagnosticsComment(&b, all, 1)
	if err != nil || b.Len() > report.MaxComment || !strings.Contains(b.String(), "|\n\n\nThere is more") {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

func TestCutLines(t *testing.T) {
	const note = "\n\nThere is more.\n"
	text := strings.Repeat("| a row of the table |\n", 1000)
	got := report.CutLines(text, 1000, note)
	if len(got) > 1000 || !strings.HasSuffix(got, "table |\n"+note) {
		t.Errorf("%d bytes, ending %q", len(got), got[max(0, len(got)-80):])
	}
	if got := report.CutLines("short", 1000, note); got != "short" {
		t.Errorf("a short text became %q", got)
	}
}

func lastLine(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	return lines[len(lines)-1] + "\n"
}
