package sync_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func newPlanWith(t *testing.T, in secretsync.Run) (*secretsync.Plan, error) {
	t.Helper()
	source, err := secretsync.ParseSecrets("secrets", []byte(`{"SLACK": "s", "CODECOV_TOKEN": "c", "github_token": "t"}`))
	if err != nil {
		t.Fatal(err)
	}
	in.Sources = []*secretsync.Source{source}
	return secretsync.NewPlanFor(in, "data")
}

func TestPatternsThatMatchNothing(t *testing.T) {
	for pattern, want := range map[string]string{
		"codecov_token": "CODECOV_TOKEN", "Codecov_Token": "CODECOV_TOKEN", "codecov*": "CODECOV*",
		"GITHUB_TOKEN":    "github_token",
		`"CODECOV_TOKEN"`: "CODECOV_TOKEN", "'codecov_token'": "CODECOV_TOKEN", "`SLACK`": "SLACK", `"MISSING"`: "MISSING",
		"- CODECOV_TOKEN": "CODECOV_TOKEN", "-SLACK": "SLACK", `- "SLACK"`: "SLACK", "- MISSING": "MISSING",
		"^CODECOV_TOKEN$": "CODECOV_TOKEN", "^CODECOV_.*$": "CODECOV_*", "SLACK.*": "SLACK*", "^MISSING": "MISSING",
		"^(SLACK|CODECOV_TOKEN)$": "SLACK, CODECOV_TOKEN", "/SLACK|NPM_TOKEN/": "SLACK, NPM_TOKEN",
		"^NPM_(A|B)$":   "NPM_(A|B)",
		"secrets.SLACK": "SLACK", "$SLACK": "SLACK", "!SLACK": "SLACK",
		"CODCOV_TOKEN": "CODECOV_TOKEN", "CODECOV_TOKENS": "CODECOV_TOKEN", "SLCAK": "SLACK", "CODCOV_*": "CODECOV_TOKEN",
		"NPM_TOKEN": "", "NPM_*": "", "[A-Z]": "", "DOCKER*": "", "S": "",
	} {
		plan, err := newPlanWith(t, secretsync.Run{Rules: secretsync.Rules{Include: []string{"SLACK"}, Exclude: []string{pattern}}})
		if err != nil {
			t.Fatal(err)
		}
		note := `exclude ` + quote(pattern) + ` matches no name of a source`
		warnings, remarks := []string(nil), []string{note}
		if want != "" {
			warnings, remarks = []string{note + `: did you mean ` + quote(want) + `?`}, nil
		}
		if diff := cmp.Diff([][]string{warnings, remarks}, [][]string{plan.Warnings, plan.Remarks}); diff != "" {
			t.Errorf("%s: %s", pattern, diff)
		}
	}
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

// countingShelf is a shelf that counts how many names it was asked for.
type countingShelf struct {
	*shelf
	folded int
}

func (s *countingShelf) StoredName(name string) (string, error) {
	s.folded++
	return s.shelf.StoredName(name)
}

// However many patterns there are, a name is folded as often.
func TestPatternsFoldNamesOnce(t *testing.T) {
	folded := func(patterns int) int {
		store := &countingShelf{shelf: newShelf()}
		exclude := []string{"b-c"} // of B_C, in the form of the store
		for i := range patterns {
			exclude = append(exclude, fmt.Sprintf("NONE_%d", i))
		}
		plan, err := secretsync.NewPlan(secretsync.Run{
			Sources: newSources("A", "x", "B_C", "y", "D", "z"), Rules: secretsync.Rules{Exclude: exclude}, Writer: store,
		})
		if err != nil || len(plan.Remarks) != patterns || plan.Count(secretsync.Skip) != 1 {
			t.Fatalf("%v, %d remarks", err, len(plan.Remarks))
		}
		return store.folded
	}
	if one, many := folded(1), folded(100); one != many {
		t.Errorf("folded %d names with one pattern, %d with 100", one, many)
	}
}

func TestPatternsThatMatchSomething(t *testing.T) {
	plan, err := newPlanWith(t, secretsync.Run{
		Rules: secretsync.Rules{Include: []string{"SL*", "CODECOV_?OKEN"}, Exclude: []string{"CODECOV_TOKEN", "github_token"}},
		Prune: secretsync.Prune{Scope: []string{"S*"}, MaxDeletes: new(int)},
	})
	if err != nil || plan.Warnings != nil || plan.Remarks != nil {
		t.Errorf("%v, %v, %v", err, plan.Warnings, plan.Remarks)
	}
}

func TestAnIncludeThatLeavesNothing(t *testing.T) {
	for want, rules := range map[string]secretsync.Rules{
		`did you mean "SLACK*"?`:                {Include: []string{"slack*"}},
		`write: include "ZZZ*" matches no name`: {Include: []string{"ZZZ*"}},
		"it is empty, and none of the names": {
			Include: []string{}, Names: map[string]secretsync.NameRule{"a": {From: "ZZZ"}},
		},
		"none of the names it selects has a": {Include: []string{"SLACK"}, Exclude: []string{"S*"}},
	} {
		_, err := newPlanWith(t, secretsync.Run{Rules: rules})
		if !errors.Is(err, secretsync.ErrNothingIncluded) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", rules, err, want)
		}
	}
	if _, err := newPlanWith(t, secretsync.Run{Rules: secretsync.Rules{Exclude: []string{"*"}}}); err != nil {
		t.Errorf("without include: %v", err)
	}
}

func TestPruneScopesThatMatchNothing(t *testing.T) {
	fake := testkit.New(t)
	fake.Set("TEAM_OLD", "x")
	plan, err := newPlanWith(t, secretsync.Run{Prune: secretsync.Prune{Scope: []string{"team_*", "TEAM_*", "SLACK", "OTHER_*"}}})
	if err == nil {
		err = plan.CompareWith(t.Context(), newPaced(fake.AdminClient()))
	}
	if err != nil {
		t.Fatal(err)
	}
	warnings := []string{`prune scope "team_*" matches no name in the store or the plan: did you mean "TEAM_*"?`}
	remarks := []string{`prune scope "OTHER_*" matches no name in the store or the plan`}
	if diff := cmp.Diff([][]string{warnings, remarks}, [][]string{plan.Warnings, plan.Remarks}); diff != "" {
		t.Error(diff)
	}
}

func TestPruneWithoutAScope(t *testing.T) {
	plan, err := newPlanWith(t, secretsync.Run{Prune: secretsync.Prune{MaxDeletes: new(int), Unowned: true}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"max-deletes is set without a prune scope: nothing is deleted",
		"prune-unowned is set without a prune scope: nothing is deleted",
	}
	if diff := cmp.Diff(want, plan.Remarks); diff != "" {
		t.Error(diff)
	}
}

// A value that was pasted in place of a name is masked.
func TestPatternsAreMasked(t *testing.T) {
	mask := func(text string) string { return strings.ReplaceAll(text, "pasted", "***") }
	rules := secretsync.Rules{Include: []string{`"pasted"`, "pasted*"}}
	_, err := newPlanWith(t, secretsync.Run{Rules: rules, Mask: mask})
	if err == nil || strings.Contains(err.Error(), "pasted") {
		t.Errorf("got %v", err)
	}
}

func TestNamesThatNoSourceHas(t *testing.T) {
	plan, err := newPlanWith(t, secretsync.Run{Rules: secretsync.Rules{Names: map[string]secretsync.NameRule{
		"hook": {From: "slack"}, "other": {From: "NOTHING_LIKE_IT"}, "pasted": {From: `"xoxb-1"`},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"hook": `slack is not in any source: did you mean "SLACK"?`, "other": "NOTHING_LIKE_IT is not in any source",
		"pasted": "the name in [names] is not in any source",
	}
	for _, a := range plan.Actions {
		if reason, ok := want[a.Name]; ok && a.Reason != reason {
			t.Errorf("%s: %q, want %q", a.Name, a.Reason, reason)
		}
	}
}
