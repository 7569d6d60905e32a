package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// wholeManifest has every key.
const wholeManifest = `
api-url = "https://secrets.example.com"
tenants = ["data"]
include = ["*"]
exclude = ["CODECOV_*", "NPM_TOKEN"]

[names]
"slack webhook" = "SLACK_WEBHOOK_URL"
AWS_CREDENTIALS = { from = "AWS_JSON", format = "json", required = true }

[prune]
scope = ["team_*"]
max-deletes = 3

[environments.staging]
tenants = ["data-staging"]
include = []
exclude = []
[environments.staging.prune]
max-deletes = 0

[environments.production]
api-url = "https://production.example.com"
tenants = ["data", "ml"]
exclude = ["DEBUG_*"]
names.AWS_CREDENTIALS = { from = "AWS_TEXT" }
names.extra.from = "EXTRA"
prune.scope = ["team_*", "old_*"]
`

func parseManifest(t testing.TB, text string) *secretsync.Manifest {
	t.Helper()
	m, err := secretsync.ParseManifest("m.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var exported = cmpopts.IgnoreUnexported(secretsync.Manifest{})

func number(n int) *int { return &n }

func TestManifestOfEachEnvironment(t *testing.T) {
	slack := secretsync.NameRule{From: "SLACK_WEBHOOK_URL"}
	aws := secretsync.NameRule{From: "AWS_JSON", Format: secretsync.FormatJSON, Required: true}
	want := map[string]*secretsync.Manifest{
		"": {
			APIURL: "https://secrets.example.com", Tenants: []string{"data"},
			Rules: secretsync.Rules{
				Include: []string{"*"}, Exclude: []string{"CODECOV_*", "NPM_TOKEN"},
				Names: map[string]secretsync.NameRule{"slack webhook": slack, "AWS_CREDENTIALS": aws},
			},
			Prune: secretsync.Prune{Scope: []string{"team_*"}, MaxDeletes: number(3)},
		},
		"staging": {
			APIURL: "https://secrets.example.com", Tenants: []string{"data-staging"},
			Rules: secretsync.Rules{
				Include: []string{}, Exclude: []string{},
				Names: map[string]secretsync.NameRule{"slack webhook": slack, "AWS_CREDENTIALS": aws},
			},
			Prune: secretsync.Prune{Scope: []string{"team_*"}, MaxDeletes: number(0)},
		},
		"production": {
			APIURL: "https://production.example.com", Tenants: []string{"data", "ml"},
			Rules: secretsync.Rules{
				Include: []string{"*"}, Exclude: []string{"DEBUG_*"},
				Names: map[string]secretsync.NameRule{
					"slack webhook": slack, "AWS_CREDENTIALS": {From: "AWS_TEXT"}, "extra": {From: "EXTRA"},
				},
			},
			Prune: secretsync.Prune{Scope: []string{"team_*", "old_*"}, MaxDeletes: number(3)},
		},
	}
	m := parseManifest(t, wholeManifest)
	for name, want := range want {
		got, err := m.Environment(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, exported); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
		if err := got.Validate(); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if diff := cmp.Diff([]string{"production", "staging"}, m.Environments()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"AWS_CREDENTIALS", "extra", "slack webhook"}, m.SecretNames()); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentSharesNothingWithTheManifest(t *testing.T) {
	m := parseManifest(t, wholeManifest)
	for _, name := range []string{"", "staging"} {
		e, err := m.Environment(name)
		if err != nil {
			t.Fatal(err)
		}
		clear(e.Names)
		e.Tenants[0] = "changed"
	}
	if len(m.Names) != 2 || m.Tenants[0] != "data" {
		t.Errorf("the manifest changed: %v %v", m.Names, m.Tenants)
	}
}

func TestEnvironmentThatThereIsNot(t *testing.T) {
	for text, want := range map[string]string{
		wholeManifest: `m.toml has no environment "stagin": did you mean "staging"? its environments are "production", "staging"`,
		"":            `there is no environment "stagin": m.toml: add [environments.stagin] to a manifest`,
	} {
		if _, err := parseManifest(t, text).Environment("stagin"); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for name, want := range map[string]string{"prod": `did you mean "production"? its`, "x": `"x": its environments are`} {
		if _, err := parseManifest(t, wholeManifest).Environment(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := (&secretsync.Manifest{}).Environment("x")
	if err == nil || !strings.Contains(err.Error(), "no manifest was read") {
		t.Errorf("got %v", err)
	}
	if _, err := (&secretsync.Manifest{}).Environment(""); err != nil {
		t.Error(err)
	}
}

func TestPruneLimit(t *testing.T) {
	for want, p := range map[int]secretsync.Prune{secretsync.DefaultMaxDeletes: {}, 0: {MaxDeletes: number(0)}, 7: {MaxDeletes: number(7)}} {
		if got := p.Limit(); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
}

func TestAnEmptyIncludeTakesListedNamesAlone(t *testing.T) {
	m := parseManifest(t, "include = []\n[names]\na = 'A'")
	plan, err := secretsync.NewPlan(secretsync.Run{
		Sources: []*secretsync.Source{newSource("s", "A", "x", "B", "x")}, Rules: m.Rules,
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"skip B<B not included", "create a<A"}, lines(plan)); diff != "" {
		t.Error(diff)
	}
}
