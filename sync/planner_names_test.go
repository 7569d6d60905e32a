package sync_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// names makes rules of pairs of a name in the store and a CI name.
func names(pairs ...string) secretsync.Rules {
	rules := secretsync.Rules{Names: map[string]secretsync.NameRule{}}
	for i := 0; i < len(pairs); i += 2 {
		rules.Names[pairs[i]] = secretsync.NameRule{From: pairs[i+1]}
	}
	return rules
}

// TestANameHasOneSource has two sources of one name, of which one may have no value now, in
// a store with names of its own and in one without.
func TestANameHasOneSource(t *testing.T) {
	const otherName = "or give it another name in [names]"
	missing := func(name, entry, from string) string {
		return `"` + name + `" has two sources, ` + entry + " in s and the one in [names]: " + from + " is not in any source; exclude " + entry + ", " + otherName
	}
	two := func(name, one, other string) string {
		return `"` + name + `" has two sources, ` + one + " in s and " + other + " in s: "
	}
	excludingOld := func(r secretsync.Rules) secretsync.Rules { r.Exclude = []string{"OLD"}; return r }
	tests := []struct {
		name       string
		sources    []*secretsync.Source
		rules      secretsync.Rules
		want       string // in a store with names of its own
		wantAsIs   string // in one that keeps names as they are
		isFineAsIs bool
	}{
		{"missing", newSources("DB_PASSWORD", "x"), names("db-password", "OLD"), missing("db-password", "DB_PASSWORD", "OLD"), "", true},
		{"missing, in capitals", newSources("DB_PASSWORD", "x"), names("DB_PASSWORD", "OLD"), missing("db-password", "DB_PASSWORD", "OLD"), missing("DB_PASSWORD", "DB_PASSWORD", "OLD"), false},
		{"missing, both empty", newSources("A_B", "", "C", "x"), names("a-b", "OLD"), missing("a-b", "A_B", "OLD"), "", true},
		{"empty", newSources("A_B", "x", "OLD", ""), names("a-b", "OLD"), two("a-b", "A_B", "OLD"), "", true},
		{"empty, first", newSources("OLD", "", "A_B", "x"), names("A_B", "OLD"), two("a-b", "A_B", "OLD"), two("A_B", "A_B", "OLD"), false},
		{"excluded", newSources("A_B", "x", "OLD", "y"), excludingOld(names("A_B", "OLD")), two("a-b", "A_B", "OLD"), two("A_B", "A_B", "OLD"), false},
		{"GitHub's", newSources("A_B", "x", "github_token", "y"), names("A_B", "github_token"), two("a-b", "A_B", "github_token"), two("A_B", "A_B", "github_token"), false},
		{"without rules", newSources("A_B", "x", "A-B", ""), secretsync.Rules{}, two("a-b", "A_B", "A-B"), "", true},
		{"pasted value", newSources("A", "x"), names("A", "xoxb 1"), `"a" has two sources, A in s and the one in [names]: the name in [names] is not in any source; exclude A, ` + otherName, `"A" has two sources, A in s and the one in [names]: the name in [names] is not`, false},
	}
	for _, tt := range tests {
		_, err := secretsync.NewPlan(secretsync.Run{Writer: newShelf(), Sources: tt.sources, Rules: tt.rules})
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
		_, err = secretsync.NewPlan(secretsync.Run{Sources: tt.sources, Rules: tt.rules})
		if (err == nil) != tt.isFineAsIs || err != nil && !strings.HasPrefix(err.Error(), tt.wantAsIs) {
			t.Errorf("%s, names as they are: got %v, want %s", tt.name, err, tt.wantAsIs)
		}
	}
}

// TestAKeyOfThisRunDoesNotFreeItsName has a rule whose source is the key of the run.
func TestAKeyOfThisRunDoesNotFreeItsName(t *testing.T) {
	_, err := secretsync.NewPlan(secretsync.Run{
		Writer: newShelf(), Sources: newSources("OLD", "the-key", "A_B", "x"), Rules: names("a-b", "OLD"), Keys: []prefect.Value{prefect.TextValue("the-key")},
	})
	if want := `"a-b" has two sources, A_B in s and OLD in s`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestSourcesAreFoundInTheStoresSpelling has rules and patterns with the names that a plan
// shows.
func TestSourcesAreFoundInTheStoresSpelling(t *testing.T) {
	rules := names("db-password", "db-password", "Hook", "slack-url", "other", "GITHUB-TOKEN")
	rule := rules.Names["db-password"]
	rule.Required, rule.Format = true, secretsync.FormatString
	rules.Names["db-password"] = rule
	rules.Include, rules.Exclude = []string{"a-b", "C", "d-*"}, []string{"not-this", "c-*"}
	plan := mustPlan(t, newShelf(), secretsync.Run{
		Writer: newShelf(), Sources: newSources("DB_PASSWORD", "12", "SLACK_URL", "x", "A_B", "x", "C", "x", "D_1", "x", "NOT_THIS", "x", "GITHUB_TOKEN", "x"),
		Rules: rules,
	})
	want := []string{
		"skip D_1<D_1 not included",
		"skip GITHUB_TOKEN<GITHUB_TOKEN GitHub's own token",
		`skip NOT_THIS<NOT_THIS excluded by "not-this"`,
		"create a-b<A_B",
		"create c<C",
		"create db-password<DB_PASSWORD all digits: sent as a string",
		"create hook<SLACK_URL Hook → hook",
	}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Error(diff)
	}
	notes := append(plan.Warnings, plan.Remarks...)
	unmatched := slices.DeleteFunc(notes, func(note string) bool { return !strings.Contains(note, "matches no") })
	if diff := cmp.Diff([]string{`include "d-*" matches no name of a source`, `exclude "c-*" matches no name of a source`}, unmatched); diff != "" {
		t.Error(diff)
	}
}

func TestSourcesThatAreNotFound(t *testing.T) {
	tests := []struct {
		rules secretsync.Rules
		want  string
	}{
		{names("hook", "a-b"), `the source of "hook" is ambiguous: it may be A_B or A-B: name one of them`},
		{names("hook", "a_b"), `the source of "hook" is ambiguous`},
		{names("hook", "A-B"), ""},
	}
	for _, tt := range tests {
		tt.rules.Include = []string{} // only what the rules name
		_, err := secretsync.NewPlan(secretsync.Run{Writer: newShelf(), Sources: newSources("A_B", "x", "A-B", "y"), Rules: tt.rules})
		if tt.want == "" && err == nil {
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	plan := mustPlan(t, newMemory(""), secretsync.Run{Sources: newSources("A_B", "x"), Rules: names("hook", "a-b")})
	if diff := cmp.Diff([]string{"create A_B<A_B", "skip hook< the name in [names] is not in any source"}, lines(plan)); diff != "" {
		t.Errorf("names as they are: %s", diff)
	}
}
