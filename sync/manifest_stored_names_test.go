package sync_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

const (
	inBlocks   = "store = 'blocks'\nreader = '3'\n"
	noBlock    = `"päss": a block's name has only lower-case letters, digits and dashes, and 'ä' has no replacement: give it another name in [names]`
	sameBlocks = `"A_B" and "a b" would both be stored as "a-b": rename one of them`
)

// TestNamesThatAnEnvironmentsStoreCannotHave has names that stop one environment. They stop
// no other, whose store can have them.
func TestNamesThatAnEnvironmentsStoreCannotHave(t *testing.T) {
	tests := []struct {
		text string
		want map[string]string // by environment, after the file's name
	}{
		{inBlocks + "[names]\n'päss' = 'A'", map[string]string{"": `names."päss": ` + noBlock}},
		{inBlocks + "[names]\n'a b' = 'A'\nA_B = 'B'", map[string]string{"": `names."a b": ` + sameBlocks}},
		{
			"[names]\n'päss' = 'A'\n[environments.a]\n" + inBlocks + "[environments.one]",
			map[string]string{"a": "environments.a.store: " + noBlock, "one": "", "": ""},
		},
		{
			"[names]\n'a b' = 'A'\nA_B = 'B'\n[environments.a]\n" + inBlocks + "[environments.one]",
			map[string]string{"a": "environments.a.store: " + sameBlocks, "one": "", "": ""},
		},
		{
			"[names]\n'a b' = 'A'\nA_B = 'B'\n[environments.a]\n" + inBlocks + "names.a-b = 'C'",
			map[string]string{"a": "", "": ""},
		},
		{
			"[environments.a]\n" + inBlocks + "names.'päss' = 'A'\n[environments.one.names]\n'päss' = 'A'",
			map[string]string{"a": `environments.a.names."päss": ` + noBlock, "one": "", "": ""},
		},
		{
			inBlocks + "[names]\n'päss' = 'A'\n[environments.a]\n[environments.one]\nstore = 'cloud-1'",
			map[string]string{"": `names."päss": ` + noBlock, "a": `names."päss": ` + noBlock, "one": ""},
		},
	}
	for _, tt := range tests {
		m := parseManifest(t, tt.text)
		all := map[string]bool{}
		for environment, want := range tt.want {
			_, err := m.Environment(environment)
			if want == "" && err == nil {
				continue
			}
			if got, want := fmt.Sprint(err), "m.toml: "+want; got != want {
				t.Errorf("%q, environment %q: got %s, want %s", tt.text, environment, got, want)
			}
			all[fmt.Sprint(err)] = true
		}
		checkAllProblems(t, m.CheckNames(), all)
	}
}

// checkAllProblems fails the test unless err has all the problems, each once.
func checkAllProblems(t *testing.T, err error, want map[string]bool) {
	t.Helper()
	if len(want) == 0 && err == nil {
		return
	}
	var invalid *secretsync.ManifestError
	if !errors.As(err, &invalid) || len(invalid.Problems) != len(want) {
		t.Errorf("got %v, want %v", err, want)
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if !want[line] {
			t.Errorf("%s is not a problem of an environment", line)
		}
	}
	for _, p := range invalid.Problems {
		if p.Line < 1 || p.Column < 1 || p.Hint == "" {
			t.Errorf("position or hint is missing: %+v", p)
		}
	}
}

// TestAnEnvironmentReplacesNamesAsItsStoreKeepsThem has a name of the top in another
// spelling in environments of both kinds.
func TestAnEnvironmentReplacesNamesAsItsStoreKeepsThem(t *testing.T) {
	m := parseManifest(t, `
[names]
DB_PASSWORD = { from = "OLD", required = true }
OTHER = "OTHER"
[environments.three]
store = "blocks"
reader = "3"
exclude = ["OLD"]
names.db-password = "NEW"
[environments.one.names]
db-password = "NEW"
`)
	if err := m.CheckNames(); err != nil {
		t.Fatal(err)
	}
	db, other := secretsync.NameRule{From: "OLD", Required: true}, secretsync.NameRule{From: "OTHER"}
	for environment, want := range map[string]map[string]secretsync.NameRule{
		"three": {"db-password": {From: "NEW"}, "OTHER": other},
		"one":   {"db-password": {From: "NEW"}, "DB_PASSWORD": db, "OTHER": other},
	} {
		e, err := m.Environment(environment)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, e.Names); diff != "" {
			t.Errorf("%s: %s", environment, diff)
		}
	}
}

// TestSettingsOfAKind are inherited by an environment with the same kind of store alone.
func TestSettingsOfAKind(t *testing.T) {
	const environments = "[environments.same]\n[environments.own]\nreader = '2'\n[environments.other]\nstore = 'cloud-1'\n"
	m, err := secretsync.ParseManifest("m.toml", []byte(inBlocks+environments))
	if err != nil {
		t.Fatal(err)
	}
	for environment, want := range map[string]map[string]string{
		"": {"reader": "3"}, "same": {"reader": "3"}, "own": {"reader": "2"}, "other": nil,
	} {
		merged, err := m.Environment(environment)
		if err != nil || !maps.Equal(merged.Settings, want) || (want == nil) != (merged.Settings == nil) {
			t.Errorf("%q: got %v, %v", environment, merged, err)
		}
	}
}

// TestAnEnvironmentReplacesOnlyTheNameThatIsStored has two spellings of one name, of which
// neither is the stored one: a mistake, in whichever table each is.
func TestAnEnvironmentReplacesOnlyTheNameThatIsStored(t *testing.T) {
	m := parseManifest(t, `
[names]
"slack webhook" = "GONE"
[environments.three]
store = "blocks"
reader = "3"
names.slack_webhook = "SLACK"
`)
	const want = `"slack webhook" and "slack_webhook" would both be stored as "slack-webhook"`
	if _, err := m.Environment("three"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestStoredNames has mistakes beside names that count all the same.
func TestStoredNames(t *testing.T) {
	tests := map[string]struct {
		text    string
		invalid bool
		want    map[string][]string
	}{
		"one kind":                      {"[names]\nB = 'B'\nA = 'A'", false, map[string][]string{"cloud-1": {"A", "B"}}},
		"a name that no block can have": {inBlocks + "[names]\nA_B = 'A'\n'päss' = 'B'", false, map[string][]string{"blocks": {"a-b"}}},
		"two names of one block":        {inBlocks + "[names]\nA_B = 'A'\n'a b' = 'B'\nC = 'C'", false, map[string][]string{"blocks": {"a-b", "c"}}},
		"in an environment of each kind": {
			"[names]\nA_B = 'A'\n'päss' = 'B'\n[environments.one]\nnames.C = 'C'\n[environments.three]\n" + inBlocks + "names.D = 'D'",
			false, map[string][]string{"cloud-1": {"A_B", "C", "päss"}, "blocks": {"a-b", "d"}},
		},
		"another mistake": {"[names]\nA = { from = 'A', format = 'jsno' }\nB = 'B'", true, map[string][]string{"cloud-1": {"A", "B"}}},
		"an unknown kind": {"store = 'block'\n[names]\nA_B = 'A'", true, map[string][]string{"cloud-1": {"A_B"}, "blocks": {"a-b"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, err := secretsync.ParseManifest("m.toml", []byte(tt.text))
			if isInvalid := err != nil; isInvalid != tt.invalid {
				t.Fatalf("got error %v", err)
			}
			if diff := cmp.Diff(tt.want, m.StoredNames()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
