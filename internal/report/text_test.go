package report_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func newPrunedResults() []secretsync.TenantResult {
	plan := &secretsync.Plan{Tenant: "data", Notes: []string{"a note"}, Actions: []secretsync.Action{
		{Name: "A", Kind: secretsync.Create, Source: "A"},
		{Name: "OLD", Kind: secretsync.Delete, Reason: "not in any source"},
		{Name: "THEIRS", Kind: secretsync.Skip, Reason: "not deleted", Warn: true},
	}}
	r := &secretsync.Report{Actions: []secretsync.Action{
		{Name: "A", Kind: secretsync.Create, Result: secretsync.Created},
		{Name: "B", Kind: secretsync.Overwrite, Result: secretsync.Unknown, Reason: "no answer"},
		{Name: "C", Kind: secretsync.Overwrite, Result: secretsync.Failed, Reason: "refused"},
		{Name: "KEPT", Kind: secretsync.Delete, Result: secretsync.Skipped, Reason: "not deleted: why"},
		{Name: "OLD", Kind: secretsync.Delete, Result: secretsync.Deleted},
	}, Verified: &secretsync.Verified{Present: 1}}
	return []secretsync.TenantResult{
		{Name: "data", Plan: plan, Report: r}, {Name: "ml", Err: errors.New("the store is away")},
	}
}

func TestPlanTextShowsDeletions(t *testing.T) {
	var b strings.Builder
	if err := report.PlanText(&b, newPrunedResults()[0].Plan); err != nil {
		t.Fatal(err)
	}
	want := `plan for tenant data
  + create    A
  - delete    OLD     not in any source
  ! skip      THEIRS  not deleted
note: a note
plan: 1 to create, 0 to overwrite, 1 to delete, 1 skipped
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestResultTextSaysWhatIsWhere(t *testing.T) {
	var b strings.Builder
	if err := report.ResultText(&b, newPrunedResults(), 12); err != nil {
		t.Fatal(err)
	}
	want := `  ! unknown   B: no answer
  ! failed    C: refused
  ! skipped   KEPT: not deleted: why
  - deleted   OLD
result for tenant data: 1 created, 0 overwritten, 0 unchanged, 1 deleted, 1 skipped, 1 failed, 1 unknown
verified: 1 of 1 name present
verified: 1 of 1 deleted name gone
result for tenant ml: failed: the store is away
2 tenants, 12 requests
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

// screen returns a terminal with colours, and what was written to it.
func screen(width int) (terminal.Output, *strings.Builder) {
	var b strings.Builder
	out := terminal.NewOutput(&b, terminal.Always, func(string) string { return "" })
	out.Width = width
	return out, &b
}

var escapeCodes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func checkWidth(t *testing.T, what, text string, width int) {
	t.Helper()
	for line := range strings.Lines(escapeCodes.ReplaceAllString(text, "")) {
		if n := terminal.Columns(strings.TrimRight(line, "\n")); n > width {
			t.Errorf("%s at %d: %d columns: %s", what, width, n, line)
		}
	}
}

func TestAZeroIsPlainAtEveryWidth(t *testing.T) {
	r := &secretsync.Report{Verified: &secretsync.Verified{Present: 2000}}
	for range 1000 {
		r.Actions = append(r.Actions, secretsync.Action{Kind: secretsync.Create, Result: secretsync.Created})
	}
	for width := 24; width <= 120; width++ {
		out, b := screen(width)
		if err := report.ResultText(out, []secretsync.TenantResult{{Report: r}}, 56); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "m0") || strings.Contains(b.String(), "mfailed") {
			t.Fatalf("%d: a zero is coloured: %q", width, b)
		}
		if regexp.MustCompile(`\d\n`).MatchString(strings.Split(b.String(), "verified:")[0]) {
			t.Fatalf("%d: a line ends between a number and its word: %q", width, b)
		}
		checkWidth(t, "the result", b.String(), width)
	}
}

func TestAPlanFitsTheTerminal(t *testing.T) {
	long := strings.Repeat("NAME_", 40)
	plan := &secretsync.Plan{Tenant: "data", URL: "https://secrets.example.com", Actions: []secretsync.Action{
		{Name: "A", Kind: secretsync.Create, Reason: "all digits: sent as a string"},
		{Name: strings.Repeat("秘", 15), Kind: secretsync.Create, Reason: "all digits: sent as a string"},
		{Name: long, Kind: secretsync.Create, Reason: "all digits: sent as a string"},
		{Name: long, Kind: secretsync.Skip, Reason: "it is GitHub's own token, which ends with the job"},
		{Name: long, Kind: secretsync.Overwrite},
	}}
	for width := 60; width <= 120; width += 5 {
		out, b := screen(width)
		if err := (report.Text{Environment: "production of the data team"}).Plan(out, plan); err != nil {
			t.Fatal(err)
		}
		checkWidth(t, "the plan", strings.ReplaceAll(b.String(), long, "LONG"), width)
		plain := escapeCodes.ReplaceAllString(b.String(), "")
		column := regexp.MustCompile(`(?m)^  \+ create +A +`).FindString(plain)
		if width >= 80 && (!strings.Contains(plain, "A "+strings.Repeat(" ", 29)+" all digits: sent as a string\n") ||
			!strings.Contains(plain, strings.Repeat("秘", 15)+"  all digits: sent as a string\n")) {
			t.Errorf("%d: the reasons are not in one column, %d: %s", width, len(column), plain)
		}
	}
}

func TestAFindingFitsTheTerminal(t *testing.T) {
	d := check.Diagnostic{
		File: "config.toml", Line: 3, Column: 14, Rule: "a-rule", Severity: check.SeverityError,
		Message: strings.Repeat("word ", 40) + "end", Hint: strings.Repeat("hint ", 40),
	}
	for _, width := range []int{40, 60, 80} {
		out, b := screen(width)
		if err := report.DiagnosticsText(out, []check.Diagnostic{d}, 1); err != nil {
			t.Fatal(err)
		}
		checkWidth(t, "the finding", b.String(), width)
		if !strings.Contains(b.String(), "[a-rule]") {
			t.Errorf("the rule is missing: %s", b)
		}
	}
}

func TestAFoldSavesLines(t *testing.T) {
	for n, want := range map[int]string{50: "N49\n", 51: "N50\n", 52: "… and 2 more to create (-v shows all)\n"} {
		plan := &secretsync.Plan{Tenant: "t"}
		for i := range n {
			plan.Actions = append(plan.Actions, secretsync.Action{Name: fmt.Sprintf("N%02d", i), Kind: secretsync.Create})
		}
		var b strings.Builder
		if err := (report.Text{Detail: report.Folded}).Plan(&b, plan); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(b.String(), want+fmt.Sprintf("plan: %d to create, 0 to overwrite, 0 skipped\n", n)) {
			t.Errorf("%d: %s", n, b.String())
		}
	}
}

func TestSkipsByMistakeAreFolded(t *testing.T) {
	plan := &secretsync.Plan{Tenant: "t"}
	for i := range 60 {
		plan.Actions = append(plan.Actions, secretsync.Action{Name: fmt.Sprintf("N%02d", i), Kind: secretsync.Skip, Warn: true, Reason: "no"})
	}
	for detail, want := range map[report.Detail]int{report.Brief: 5, report.Folded: 50, report.Full: 60} {
		var b strings.Builder
		if err := (report.Text{Detail: detail}).Plan(&b, plan); err != nil {
			t.Fatal(err)
		}
		left := fmt.Sprintf("… and %d more skipped, perhaps by mistake (-v shows all)", 60-want)
		if got := strings.Count(b.String(), "! skip"); got != want || strings.Contains(b.String(), left) != (want < 60) {
			t.Errorf("detail %d: %d lines, want %d: %s", detail, got, want, b.String())
		}
	}
}

func TestNothingIsVerifiedWhereNothingWasExpected(t *testing.T) {
	r := &secretsync.Report{
		Actions:  []secretsync.Action{{Name: "A", Kind: secretsync.Create, Result: secretsync.Failed, Reason: "no"}},
		Verified: &secretsync.Verified{},
	}
	tenants := []secretsync.TenantResult{{Report: r}}
	var text, document strings.Builder
	if err := errors.Join(report.ResultText(&text, tenants, 1), report.JSON{}.Sync(&document, tenants, 1)); err != nil {
		t.Fatal(err)
	}
	markdown := report.Markdown{}.Result(tenants).String()
	for _, got := range []string{text.String(), document.String(), markdown} {
		if strings.Contains(strings.ToLower(got), "verified") {
			t.Errorf("%s", got)
		}
	}
	r.Actions = append(r.Actions, secretsync.Action{Name: "B", Kind: secretsync.Delete, Result: secretsync.Deleted})
	text.Reset()
	if err := report.ResultText(&text, tenants, 1); err != nil || !strings.HasSuffix(text.String(), "verified: 1 of 1 deleted name gone\n") || strings.Contains(text.String(), "0 of 0") {
		t.Errorf("%v: %s", err, text.String())
	}
}

func TestVerboseResultListsEveryName(t *testing.T) {
	r := &secretsync.Report{}
	for i := range 12 {
		r.Actions = append(r.Actions, secretsync.Action{Name: fmt.Sprintf("N%02d", i), Kind: secretsync.Create, Result: secretsync.Failed, Reason: "no"})
	}
	for detail, want := range map[report.Detail]string{report.Full: "N10, N11): no", report.Folded: "N04 and 7 more): no"} {
		var b strings.Builder
		if err := (report.Text{Detail: detail}).Result(&b, []secretsync.TenantResult{{Report: r}}, 1); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "12 names (N00, ") || !strings.Contains(b.String(), want) {
			t.Errorf("detail %d: %s", detail, b.String())
		}
	}
}
