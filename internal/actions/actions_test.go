package actions

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func newRunner(b *strings.Builder, env []string) *Runner {
	return NewRunner(b, env, func(name string) string {
		for _, entry := range env {
			if value, ok := strings.CutPrefix(entry, name+"="); ok {
				return value
			}
		}
		return ""
	})
}

func TestMaskForms(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"abc", nil},
		{"abcd", []string{"abcd", `"abcd"`}},
		{"line one\nline two\r\n}\n", []string{
			`"line one\nline two\r\n}\n"`, `line one\nline two\r\n}\n`, "line one", "line two",
		}},
		{
			`say "hi" <b>`,
			[]string{`say "hi" <b>`, `"say \"hi\" <b>"`, `say \"hi\" <b>`, `say \"hi\" \u003cb\u003e`},
		},
		{"  padded  ", []string{"  padded  ", `"  padded  "`, "padded"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, maskForms("", tt.text)); diff != "" {
			t.Errorf("%q: %s", tt.text, diff)
		}
	}
}

func TestMaskOnlyUnderGitHubActions(t *testing.T) {
	inputs := []string{
		`INPUT_SECRETS={"A": "value-of-a", "B": "xy"}`, "INPUT_API-KEY=the-key",
		"INPUT_GITHUB-TOKEN=the-token",
	}
	var b strings.Builder
	if newRunner(&b, inputs).Mask(); b.Len() != 0 {
		t.Errorf("outside GitHub Actions it printed %d bytes", b.Len())
	}
	short := newRunner(&b, append(inputs, "GITHUB_ACTIONS=true")).Mask()
	for _, masked := range []string{"the-key", "the-token", "value-of-a"} {
		if !strings.Contains(b.String(), "::add-mask::"+masked+"\n") {
			t.Errorf("%s is not masked", masked)
		}
	}
	if !slices.Equal(short, []string{"B"}) {
		t.Errorf("too short to mask: %v", short)
	}
}

// The parts between :: are masked first if the runner would print the mask itself.
func TestMaskOnRunnersLikeAct(t *testing.T) {
	const text = "::set-output name=x::the-secret\nline::the-other"
	for variable, greedy := range map[string]bool{"ACT": true, "GITEA_ACTIONS": true, "RUNNER_OS": false} {
		var b strings.Builder
		newRunner(&b, []string{"GITHUB_ACTIONS=true", variable + "=true"}).MaskValue("A",
			prefect.TextValue(text))
		for _, piece := range []string{"the-secret", "the-other"} {
			at := strings.Index(b.String(), "::add-mask::"+piece+"\n")
			complete := strings.Index(b.String(), "::add-mask::::set-output")
			if complete < 0 || (at >= 0 && at < complete) != greedy {
				t.Errorf("%s: the mask of %s is at %d, the whole at %d", variable, piece, at, complete)
			}
		}
	}
}

func TestInputsOfOtherCI(t *testing.T) {
	var b strings.Builder
	env := []string{
		"PREFECT_SECRETS_API_URL=https://secrets.example.com", "PREFECT_SECRETS_FAIL_ON=never",
		"PREFECT_SECRETS_INCLUDE=A,B", "INPUT_FAIL-ON=warning", "PREFECT_SECRETS_STORE_KEY=x",
		"PREFECT_SECRETS_BIN=/usr/bin/prefect-secrets",
	}
	in, err := newRunner(&b, env).Inputs()
	if err != nil || in.APIURL != "https://secrets.example.com" || in.FailOn != "warning" || len(in.Include) != 2 {
		t.Errorf("%v, %+v", err, in)
	}
	const want = "unknown variable PREFECT_SECRETS_API_ULR: did you mean PREFECT_SECRETS_API_URL?"
	if _, err := newRunner(&b, append(env, "PREFECT_SECRETS_API_ULR=x")).Inputs(); err == nil || err.Error() != want {
		t.Errorf("a misspelt variable: %v", err)
	}
	newRunner(&b, env).Error("first\n::error::second\n")
	if b.String() != "error: first\nerror: \"::error::second\"\n" {
		t.Errorf("elsewhere an error is %q", b.String())
	}
}

func TestListInput(t *testing.T) {
	if diff := cmp.Diff([]string{"A_*", "B", "C D"}, list("A_*,\n B \n\n,C D\n")); diff != "" {
		t.Error(diff)
	}
}

func TestSummaryAndOutputsNeedTheirFiles(t *testing.T) {
	var b strings.Builder
	r := newRunner(&b, []string{"GITHUB_OUTPUT=/nope/output", "GITHUB_STEP_SUMMARY=/nope/summary"})
	if err := r.Output("status", "x"); err == nil || !strings.Contains(err.Error(), "output status") {
		t.Errorf("an output that cannot be written: %v", err)
	}
	if err := r.Summary(&report.Document{}); err == nil {
		t.Error("a summary that cannot be written gives no error")
	}
	r = newRunner(&b, nil)
	if err := r.Output("status", "x"); err != nil {
		t.Errorf("outside a runner: %v", err)
	}
	if err := r.Summary(&report.Document{}); err != nil {
		t.Errorf("outside a runner: %v", err)
	}
}
