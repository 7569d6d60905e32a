package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func newDiagnostic(severity check.Severity, n int) check.Diagnostic {
	return check.Diagnostic{
		Rule: "rule", Severity: severity,
		Message: fmt.Sprintf("message %d, 100%%\n::error::injected", n), Hint: "hint", File: "a,b.toml",
		Line: n, Column: 2, EndLine: n, EndColumn: 5,
	}
}

func TestGitHubShowsTheGravestTen(t *testing.T) {
	var all []check.Diagnostic
	for n := range 12 {
		all = append(all, newDiagnostic(check.SeverityWarning, n+1), newDiagnostic(check.SeverityError, n+1))
	}
	var b strings.Builder
	if err := report.DiagnosticsGitHub(&b, all, 3); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	tail := []string{
		"check: 3 files, 12 errors, 12 warnings",
		"not annotated, since GitHub shows 10 of a kind: 2 errors, 2 warnings",
	}
	if len(lines) != 22 || !slices.Equal(lines[20:], tail) {
		t.Fatalf("%d lines, the last: %q", len(lines), lines[len(lines)-2:])
	}
	want := "::error col=2,endColumn=5,endLine=1,file=a%2Cb.toml,line=1,title=prefect-secrets%3A rule" +
		"::\"message 1, 100%25\\n::error::injected\"%0Ahint: hint"
	if lines[0] != want {
		t.Errorf("got  %s\nwant %s", lines[0], want)
	}
	for i, line := range lines[:20] {
		if strings.HasPrefix(line, "::error ") != (i < 10) || strings.HasPrefix(line, "::warning ") != (i >= 10) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}

func TestTextCannotIssueCommands(t *testing.T) {
	d := newDiagnostic(check.SeverityError, 1)
	d.File = "::set-output name=x::y.toml"
	d.Frame = "1 | ##[command]x = ***"
	actions := []secretsync.Action{{
		Name: "A\n::set-output name=x::y\x1b[2J", Kind: secretsync.Create, Source: "##[error]x",
		Result: secretsync.Failed, Reason: "r\n::error::injected",
	}}
	var b strings.Builder
	for _, err := range []error{
		report.DiagnosticsText(&b, []check.Diagnostic{d}, 1),
		report.PlanText(&b, &secretsync.Plan{Tenant: "t\n::error::x", Actions: actions}),
		report.ResultText(&b, []secretsync.TenantResult{
			{Report: &secretsync.Report{Actions: actions}},
			{Name: "::error::x", Err: errors.New("::error::y")},
		}, 1),
		report.NamesText(&b, []string{"a\n::error::x", "::error::x", " ::error::x", "a##[error]x"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") ||
			strings.Contains(line, "\x1b") {
			t.Errorf("a runner or a terminal would obey: %q", line)
		}
	}
}

func TestJSONDocuments(t *testing.T) {
	var b strings.Builder
	r := &secretsync.Report{
		Actions: []secretsync.Action{
			{Tenant: "t", Name: "A", Kind: secretsync.Create, Source: "A", Result: secretsync.Created},
			{Tenant: "t", Name: "B", Kind: secretsync.Skip, Reason: "empty", Result: secretsync.Skipped},
		},
		Verified: &secretsync.Verified{Present: 1},
	}
	tenants := []secretsync.TenantResult{{Name: "t", Report: r}, {Name: "u", Err: errors.New("down")}}
	if err := (report.JSON{}).Sync(&b, tenants, 3); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version  int `json:"format_version"`
		Actions  []map[string]string
		Summary  map[string]int
		Requests int
		Tenants  []struct {
			Tenant, Error string
			Verified      map[string]int
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := "1 map[action:create name:A result:created source:A tenant:t] " +
		"map[create:1 created:1 delete:0 overwrite:0 skip:1 skipped:1] 3 [{t  map[present:1]} {u down map[]}]"
	if s := fmt.Sprint(got.Version, got.Actions[0], got.Summary, got.Requests, got.Tenants); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	b.Reset()
	if err := (report.JSON{}).Sync(&b, []secretsync.TenantResult{{Plan: &secretsync.Plan{}}}, 1); err != nil ||
		!strings.Contains(b.String(), `"actions": []`) {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	if err := report.DiagnosticsJSON(&b, nil, 2); err != nil ||
		!strings.Contains(b.String(), `"diagnostics": []`) || !strings.Contains(b.String(), `"files": 2`) {
		t.Errorf("%v: %s", err, b.String())
	}
	b.Reset()
	if err := report.NamesJSON(&b, nil); err != nil || !strings.Contains(b.String(), `"names": []`) {
		t.Errorf("%v: %s", err, b.String())
	}
}

func TestSafeShowsWhatNobodySees(t *testing.T) {
	for text, want := range map[string]string{
		"DB": "DB", "über 数据 é": "über 数据 é",
		"DB\u034f": `"DB\u034f"`, "DB\ufe0f": `"DB\ufe0f"`, "DB\u2065": `"DB\u2065"`, "\u2800DB": `"\u2800DB"`,
		"DB\u3164": `"DB\u3164"`, "D\u115fB": `"D\u115fB"`, "DB\U000e0100": `"DB\U000e0100"`, "DB\u200b": `"DB\u200b"`,
		"ü\u3164\n": `"ü\u3164\n"`,
	} {
		if got := report.Safe(text); got != want {
			t.Errorf("%+q becomes %s, want %s", text, got, want)
		}
	}
}
