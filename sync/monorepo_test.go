package sync_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

const monorepo = "../fixtures/monorepo"

// teamPlan is what a manifest of the monorepo says for one environment.
type teamPlan struct {
	URL     string
	Tenants []string
	Scope   []string
	Limit   int
	Writes  []string // NAME<CI NAME FORMAT
	Skips   []string // NAME<CI NAME of those that the plan warns about
}

func TestMonorepo(t *testing.T) {
	const url = "https://secrets.example.com"
	dataScope, mlScope := []string{"DATA_*", "data *"}, []string{"ML_*"}
	want := map[string]teamPlan{
		"data": {
			URL: url, Scope: dataScope, Limit: secretsync.DefaultMaxDeletes,
			Writes: []string{
				"AWS_CREDENTIALS<AWS_JSON json",
				"DATA_SANDBOX_URL<DATA_SANDBOX_URL ",
				"slack webhook<SLACK_WEBHOOK_URL ",
				"warehouse<DATA_WAREHOUSE_URL ",
			},
		},
		"data staging": {
			URL: url, Tenants: []string{"data-staging"}, Scope: dataScope, Limit: secretsync.DefaultMaxDeletes,
			Writes: []string{
				"AWS_CREDENTIALS<AWS_JSON_STAGING json",
				"DATA_SANDBOX_URL<DATA_SANDBOX_URL ",
				"DATA_WAREHOUSE_DEBUG<DATA_WAREHOUSE_DEBUG ",
				"slack webhook<SLACK_WEBHOOK_URL ",
				"warehouse<DATA_WAREHOUSE_URL ",
			},
		},
		"data production": {
			URL: url, Tenants: []string{"data", "data-eu"}, Scope: dataScope, Limit: 1,
			Writes: []string{
				"AWS_CREDENTIALS<AWS_JSON json",
				"slack webhook<SLACK_WEBHOOK_URL ",
				"warehouse<DATA_WAREHOUSE_URL ",
			},
		},
		"ml": {
			URL: url, Tenants: []string{"ml-staging", "ml-labs"}, Scope: mlScope, Limit: 20,
			Writes: []string{"feature_store<ML_FEATURE_STORE ", "model registry<ML_MODEL_REGISTRY_TOKEN string"},
			Skips:  []string{"ML_UNUSED<ML_UNUSED"},
		},
		"ml staging": {
			URL: url, Tenants: []string{"ml-staging", "ml-labs"}, Scope: mlScope, Limit: 20,
			Writes: []string{"feature_store<ML_FEATURE_STORE ", "model registry<ML_MODEL_REGISTRY_TOKEN string"},
			Skips:  []string{"ML_UNUSED<ML_UNUSED"},
		},
		"ml production": {
			URL: "https://ml-secrets.example.com", Tenants: []string{"ml", "ml-batch"},
			Scope: []string{"ML_*", "model *"}, Limit: 2,
			Writes: []string{
				"feature_store<ML_FEATURE_STORE ",
				"model registry<ML_MODEL_REGISTRY_TOKEN string",
				"slack webhook<SLACK_WEBHOOK_URL ",
			},
			Skips: []string{"ML_UNUSED<ML_UNUSED"},
		},
		"finance": {
			URL: url, Scope: []string{"*"}, Limit: 0,
			Writes: []string{"bank_pin<FINANCE_BANK_PIN string", "ledger_password<FINANCE_LEDGER_PASSWORD string"},
		},
		"finance staging": {
			URL: url, Tenants: []string{"finance-staging"}, Scope: []string{"*"}, Limit: 2,
			Writes: []string{"ledger_password<FINANCE_LEDGER_PASSWORD string"},
			Skips:  []string{"bank_pin<FINANCE_BANK_PIN_STAGING"},
		},
		"finance production": {
			URL: url, Tenants: []string{"finance"}, Scope: []string{"*"}, Limit: 0,
			Writes: []string{"bank_pin<FINANCE_BANK_PIN string", "ledger_password<FINANCE_LEDGER_PASSWORD string"},
		},
	}
	got := map[string]teamPlan{}
	for _, team := range []string{"data", "ml", "finance"} {
		m := readTeam(t, team)
		got[team] = planOf(t, m)
		for _, name := range m.Environments() {
			e, err := m.Environment(name)
			if err != nil {
				t.Fatal(err)
			}
			got[team+" "+name] = planOf(t, e)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func readTeam(t *testing.T, team string) *secretsync.Manifest {
	t.Helper()
	path := filepath.Join(monorepo, "teams", team, "prefect-secrets.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := secretsync.ParseManifest(path, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func planOf(t *testing.T, m *secretsync.Manifest) teamPlan {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(monorepo, "ci-secrets.json"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := secretsync.ParseSecrets("ci-secrets.json", data)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := secretsync.NewPlan(secretsync.Run{Sources: []*secretsync.Source{source}, Rules: m.Rules})
	if err != nil {
		t.Fatal(err)
	}
	p := teamPlan{URL: m.APIURL, Tenants: m.Tenants, Scope: m.Prune.Scope, Limit: m.Prune.Limit()}
	for _, a := range plan.Actions {
		switch {
		case a.Kind == secretsync.Create:
			p.Writes = append(p.Writes, fmt.Sprintf("%s<%s %s", a.Name, a.Source, m.Names[a.Name].Format))
		case a.Warn:
			p.Skips = append(p.Skips, a.Name+"<"+a.Source)
		}
	}
	return p
}
