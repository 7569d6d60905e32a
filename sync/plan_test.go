package sync_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// newSource makes a source of names and texts, in turn.
func newSource(label string, pairs ...string) *secretsync.Source {
	s := &secretsync.Source{Label: label}
	for i := 0; i < len(pairs); i += 2 {
		s.Entries = append(s.Entries, secretsync.Entry{Name: pairs[i], Text: prefect.TextValue(pairs[i+1])})
	}
	return s
}

// newSources is newSource, for a run with one source.
func newSources(pairs ...string) []*secretsync.Source {
	return []*secretsync.Source{newSource("s", pairs...)}
}

// lines returns the actions of a plan as kind, name, source and reason.
func lines(p *secretsync.Plan) []string {
	var all []string
	for _, a := range p.Actions {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s<%s %s", a.Kind, a.Name, a.Source, a.Reason)))
	}
	return all
}

func TestNewPlan(t *testing.T) {
	tests := []struct {
		name string
		in   secretsync.Run
		want []string
	}{
		{
			"GitHub's token in any case, and an empty one",
			secretsync.Run{Sources: newSources("A", "x", "github_token", "t", "GITHUB_TOKEN", "t", "E", "")},
			[]string{
				"create A<A", "skip E<E empty", "skip GITHUB_TOKEN<GITHUB_TOKEN GitHub's own token",
				"skip github_token<github_token GitHub's own token",
			},
		},
		{
			"the key of this run, whatever its name",
			secretsync.Run{Sources: newSources("A", "x", "DEPLOY", canary+"\n"), Keys: []prefect.Value{prefect.TextValue(canary)}},
			[]string{"create A<A", "skip DEPLOY<DEPLOY its value is the API key of this run"},
		},
		{
			"include and exclude are anchored, exclude wins",
			secretsync.Run{
				Sources: newSources("DB_URL", "x", "DB_TEST", "x", "MY_DB_URL", "x"),
				Rules:   secretsync.Rules{Include: []string{"DB_*"}, Exclude: []string{"*_TEST"}},
			},
			[]string{`skip DB_TEST<DB_TEST excluded by "*_TEST"`, "create DB_URL<DB_URL", "skip MY_DB_URL<MY_DB_URL not included"},
		},
		{
			"names imply include, and are the only ones",
			secretsync.Run{
				Sources: newSources("SLACK", "x", "KEY", "42", "B", "x"),
				Rules: secretsync.Rules{Include: []string{"B"}, Names: map[string]secretsync.NameRule{
					"slack webhook": {From: "SLACK"}, "slack copy": {From: "SLACK"},
					"n": {From: "KEY", Format: secretsync.FormatJSON}, "gone": {From: "NOPE"},
				}},
			},
			[]string{
				"create B<B", "skip gone<NOPE NOPE is not in any source", "create n<KEY a JSON scalar; a flow gets its value",
				"create slack copy<SLACK", "create slack webhook<SLACK",
			},
		},
		{
			"a listed name that exclude takes out",
			secretsync.Run{
				Sources: newSources("A", "x", "B", "x"),
				Rules:   secretsync.Rules{Exclude: []string{"A"}, Names: map[string]secretsync.NameRule{"a": {From: "A"}}},
			},
			[]string{`skip A<A excluded by "A"`, "create B<B"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := secretsync.NewPlan(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(plan)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlanAgainstAStore(t *testing.T) {
	cloud := testkit.New(t)
	for _, name := range []string{"A", "E", "OTHER"} {
		cloud.Set(name, 1)
	}
	plan := mustPlan(t, newPaced(cloud.AdminClient()), secretsync.Run{Sources: newSources("B", "x", "A", "y", "E", "")})
	want := []string{`overwrite A<A overwrites what "testkit" wrote`, "create B<B", "skip E<E empty"}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Error(diff)
	}
}

func TestNewPlanErrors(t *testing.T) {
	required := func(from string, f secretsync.Format) secretsync.Rules {
		return secretsync.Rules{Names: map[string]secretsync.NameRule{"D": {From: from, Format: f, Required: true}}}
	}
	tests := []struct {
		name string
		in   secretsync.Run
		want string
	}{
		{"two sources", secretsync.Run{
			Sources: []*secretsync.Source{newSource("one", "A", canary), newSource("two", "A", canary)},
		}, `"A" has two sources, A in one and A in two`},
		{"two names", secretsync.Run{
			Sources: []*secretsync.Source{newSource("one", "A", canary, "B", canary)},
			Rules:   secretsync.Rules{Names: map[string]secretsync.NameRule{"B": {From: "A"}}},
		}, `"B" has two sources`},
		{"required and missing", secretsync.Run{Sources: newSources("A", "x"), Rules: required("NOPE", "")},
			`"D" is required, but NOPE is not in any source`},
		{"required and empty", secretsync.Run{Sources: newSources("A", "", "B", "x"), Rules: required("A", "")},
			`"D" is required, but its source A in s is empty`},
		{"required and GitHub's token", secretsync.Run{
			Sources: newSources("github_token", "t", "B", "x"), Rules: required("github_token", ""),
		}, `"D" is required, but its source github_token is left out: GitHub's own token`},
		{"required and the key", secretsync.Run{
			Sources: newSources("A", canary, "B", "x"), Rules: required("A", ""),
			Keys: []prefect.Value{prefect.TextValue(canary)},
		}, `"D" is required, but its source A is left out: its value is the API key`},
		{"not its format", secretsync.Run{Sources: newSources("A", canary), Rules: required("A", secretsync.FormatJSON)},
			`"D", from A in s: format is json, but the value is not JSON`},
	}
	for _, tt := range tests {
		_, err := secretsync.NewPlan(tt.in)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error holds a value", tt.name)
		}
	}
}

func TestAnEmptySourceFailsThePlan(t *testing.T) {
	const nothing = "no secrets were passed in (runs from forks and Dependabot get none)"
	const left = "no secrets to write: all that was passed in is left out: "
	otherKey := "pnu_" + strings.Repeat("A1b2C3d4", 4) + "e5F6"
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprintf("K%02d", i), otherKey)
	}
	key := prefect.TextValue(canary)
	for _, tt := range []struct {
		source *secretsync.Source
		want   string
	}{
		{newSource("s"), nothing},
		{newSource("s", "github_token", "t"), nothing},
		{newSource("s", "UNSET", ""), nothing},
		{
			newSource("s", "github_token", "t", "PREFECT_SECRETS_API_KEY", canary, "UNSET", ""),
			left + `"PREFECT_SECRETS_API_KEY": its value is the API key of this run`,
		},
		{
			newSource("s", "A", canary, "B", otherKey),
			left + `"A": its value is the API key of this run; "B": it holds an API key; give it a name in [names] if flows are to read it`,
		},
		{
			newSource("s", many...),
			left + `"K00", "K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09" and 2 more names: ` +
				"they hold API keys; give them names in [names] if flows are to read them",
		},
		{
			newSource("s", "A", canary, "PREFECT_API_KEY", "x", "B", canary, "C", `["`+canary+`"]`, "D", `["`+canary+`"]`, "PREFECT_SECRETS_API_KEY", "y"),
			left + `"A", "B": their values are the API key of this run; ` +
				`"PREFECT_API_KEY", "PREFECT_SECRETS_API_KEY": these are the names of API keys; give them names in [names] if flows are to read them; ` +
				`"C", "D": they hold the API key of this run`,
		},
	} {
		_, err := secretsync.NewPlan(secretsync.Run{Sources: []*secretsync.Source{tt.source}, Keys: []prefect.Value{key}})
		if !errors.Is(err, secretsync.ErrEmptySource) || !strings.HasSuffix(err.Error(), tt.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%d entries: got %v", len(tt.source.Entries), err)
		}
	}
}
