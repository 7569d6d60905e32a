package storekind_test

import (
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
	"github.com/prefect-secrets/prefect-secrets/internal/storekind"
)

const canary = "CANARY3f9a"

func TestFind(t *testing.T) {
	for _, k := range storekind.All {
		if got := storekind.Find(k.Name); got != k {
			t.Errorf("%s: got %v", k.Name, got)
		}
	}
	if storekind.Find("") != storekind.Default || storekind.Find("vault") != nil {
		t.Error("an empty name must be the default's, and an unknown one nobody's")
	}
}

func TestStoredNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"DB_PASSWORD", "db-password"},
		{"A__B", "a--b"},
		{"A_B", "a-b"},
		{"_X_", "-x-"},
		{"slack webhook", "slack-webhook"},
		{"Slack.Webhook", "slack-webhook"},
		{"already-fits-1", "already-fits-1"},
		{"team/db:~", "team-db--"},
		{"", "a name is empty"},
		{"päss", `and 'ä' becomes none`},
		{"K\u212a", "and '\u212a' becomes none"}, // lower-cased by Unicode it would be a k
		{"a\nb", `and '\n' becomes none`},
	}
	for _, tt := range tests {
		got, err := storekind.Blocks.StoredName(tt.name)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
		if same, err := storekind.Default.StoredName(tt.name); same != tt.name || err != nil {
			t.Errorf("%q: the default kind stores it as %q, %v", tt.name, same, err)
		}
	}
}

// TestStoredNamesOfGitHub shows that two names of GitHub's secrets never become one.
func TestStoredNamesOfGitHub(t *testing.T) {
	const letters = "AZ09_"
	seen := map[string]string{}
	var visit func(name string)
	visit = func(name string) {
		stored, err := storekind.Blocks.StoredName(name)
		if other, ok := seen[stored]; ok || err != nil {
			t.Errorf("%q and %q: %q, %v", name, other, stored, err)
		}
		seen[stored] = name
		if len(name) < 4 {
			for _, c := range letters {
				visit(name + string(c))
			}
		}
	}
	for _, c := range letters {
		visit(string(c))
	}
}

// TestStoredPatterns checks that a pattern matches a stored name if it matched the name,
// and that it has the text expected.
func TestStoredPatterns(t *testing.T) {
	tests := []struct{ glob, want string }{
		{"TEAM_A_*", "team-a-*"},
		{"team-a-?", "team-a-?"},
		{"[A-Z]_*", "[a-z]-*"},
		{"[^A_9]*", "[^ does not say which blocks"},
		{`[\-.A]*`, `[\-\-a]*`},
		{`\A\_[0-9]`, "a-[0-9]"},
		{"[A-Za-c]", "[a-za-c]"},
		{"*", "*"},
		{"ü*", "and 'ü' becomes none"},
		{`\*`, "-"},
		{"[9-A]", "must be of letters in one case or of digits"},
		{"[A-z]", "must be of letters in one case or of digits"},
		{"[ -.]", "must be of letters in one case or of digits"},
		{"[", "not a glob"},
	}
	names := []string{"TEAM_A_X", "team-a-x", "A_B", "AX", "9X", "-X", "C", "A_7", "a", "_"}
	for _, tt := range tests {
		got, err := storekind.Blocks.StoredPattern(tt.glob)
		if err != nil {
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q: got %v, want %q", tt.glob, err, tt.want)
			}
			continue
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.glob, got, tt.want)
		}
		for _, name := range names {
			checkMatch(t, tt.glob, got, name)
		}
	}
}

// checkMatch checks that a pattern still matches a name as it is stored.
func checkMatch(t *testing.T, glob, stored, name string) {
	t.Helper()
	storedName, err := storekind.Blocks.StoredName(name)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := path.Match(glob, name)
	if after, err := path.Match(stored, storedName); err != nil || before && !after {
		t.Errorf("%q matches %q, and %q does not match %q: %v", glob, name, stored, storedName, err)
	}
}

func TestCheckKey(t *testing.T) {
	tests := []struct {
		key           string
		inDefault, in error
	}{
		{canary, nil, nil},
		{"pfs_" + canary, nil, apikey.ErrSecretsAPI},
		{"'Bearer pfs_" + canary, apikey.ErrNotHeader, apikey.ErrSecretsAPI},
		{"pnu_" + canary, apikey.ErrPrefectCloud, nil},
		{"pnb_" + canary, apikey.ErrPrefectCloud, nil},
		{"admin:" + canary + " ü", apikey.ErrNotHeader, nil},
		{canary + " x", apikey.ErrNotHeader, apikey.ErrNotHeader},
		{" ", apikey.ErrNone, apikey.ErrNone},
	}
	for _, tt := range tests {
		for kind, want := range map[*storekind.Kind]error{storekind.Default: tt.inDefault, storekind.Blocks: tt.in} {
			if err := kind.CheckKey(tt.key); !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("%s, %q: got %v, want %v", kind.Name, tt.key, err, want)
			}
		}
	}
}
