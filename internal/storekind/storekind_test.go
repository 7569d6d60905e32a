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
		{"päss", `and 'ä' has no replacement`},
		{"K\u212a", "and '\u212a' has no replacement"}, // lower-cased by Unicode it would be a k
		{"a\nb", `and '\n' has no replacement`},
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
		{"[^A_9]*", "cannot have [^…]"},
		{`[\-.A]*`, `[\-\-a]*`},
		{`\A\_[0-9]`, "a-[0-9]"},
		{"[A-Za-c]", "[a-za-c]"},
		{"*", "*"},
		{"ü*", "and 'ü' has no replacement"},
		{`\*`, "-"},
		{"[9-A]", "invalid range in brackets: use digits"},
		{"[A-z]", "invalid range in brackets: use digits"},
		{"[ -.]", "invalid range in brackets: use digits"},
		{"[", "invalid pattern"},
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
	const server, cloud = false, true
	of := func(text string) storekind.Key { return storekind.Key{Text: text} }
	tests := []struct {
		key                  storekind.Key
		inDefault, in, cloud error
	}{
		{of(canary), nil, nil, nil},
		{of("pfs_" + canary), nil, apikey.ErrSecretsAPI, apikey.ErrSecretsAPI},
		{of("'Bearer pfs_" + canary), apikey.ErrNotHeader, apikey.ErrSecretsAPI, apikey.ErrSecretsAPI},
		{of("admin:pfs_" + canary), nil, apikey.ErrSecretsAPI, apikey.ErrSecretsAPI},
		{of("pnu_" + canary), apikey.ErrPrefectCloud, nil, nil},
		{of("pnb_" + canary), apikey.ErrPrefectCloud, nil, nil},
		{of("pnu_" + canary + " x"), apikey.ErrPrefectCloud, apikey.ErrNotHeader, apikey.ErrNotHeader},
		{of("admin:" + canary + " ü"), apikey.ErrNotHeader, nil, apikey.ErrAuthString},
		{of("admin:" + canary + "\n" + canary), apikey.ErrNotHeader, storekind.ErrControl, apikey.ErrAuthString},
		{of(canary + " x"), apikey.ErrNotHeader, nil, apikey.ErrNotHeader}, // an auth string may have spaces
		{storekind.Key{Text: canary + " x", Variable: "PREFECT_API_KEY"}, apikey.ErrNotHeader, apikey.ErrNotHeader, apikey.ErrNotHeader},
		{storekind.Key{Text: canary, Variable: apikey.AuthString}, nil, nil, apikey.ErrAuthString},
		{of(" "), apikey.ErrNone, apikey.ErrNone, apikey.ErrNone},
	}
	check := func(kind *storekind.Kind, key storekind.Key, isCloud bool, want error) {
		key.Cloud = isCloud
		if err := kind.CheckKey(key); !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s, %+v: got %v, want %v", kind.Name, key, err, want)
		}
	}
	for _, tt := range tests {
		check(storekind.Default, tt.key, server, tt.inDefault)
		check(storekind.Blocks, tt.key, server, tt.in)
		check(storekind.Blocks, tt.key, cloud, tt.cloud)
	}
}

func TestIsAuthString(t *testing.T) {
	for _, tt := range []struct {
		key  storekind.Key
		want bool
	}{
		{storekind.Key{Text: "admin:pw"}, true},
		{storekind.Key{Text: "admin:pw", Variable: "PREFECT_API_KEY"}, true},
		{storekind.Key{Text: "pw"}, true},
		{storekind.Key{Text: "pw", Variable: "PREFECT_SECRETS_API_KEY"}, true},
		{storekind.Key{Text: "pw", Variable: apikey.AuthString}, true},
		{storekind.Key{Text: "pnu_x", Variable: apikey.AuthString}, true},
		{storekind.Key{Text: "pnu_x"}, false},
		{storekind.Key{Text: "pnb_x", Variable: "PREFECT_SECRETS_API_KEY"}, false},
		{storekind.Key{Text: "pw", Variable: "PREFECT_API_KEY"}, false},
		{storekind.Key{Text: "pw", Cloud: true}, false},
	} {
		if got := storekind.IsAuthString(tt.key); got != tt.want {
			t.Errorf("%+v: got %v", tt.key, got)
		}
	}
}
