package runner

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deploy returns a job that runs workflows/tenants.yml.
func deploy(store store, environment string) job {
	return job{
		workflow: "tenants.yml",
		secrets: map[string]string{
			"APP_KEY": canary(), "APP_SLACK": canary(), "OTHER": canary(), "PREFECT_SECRETS_API_KEY": store.AdminKey,
		},
		vars:  map[string]string{"PREFECT_API_URL": store.URL, "ENVIRONMENT": environment},
		files: map[string]string{"deploy.toml": deployManifest},
	}
}

func TestTenants(t *testing.T) {
	store := startStore(t)
	store.seed(t, "data", map[string]any{"APP_KEY": "before"})
	store.seed(t, "ml", nil)
	log := deploy(store, "production").run(t)

	want := []string{"APP_KEY", "APP_SLACK"}
	for _, tenant := range []string{"data", "ml"} {
		if diff := cmp.Diff(want, store.namesOf(t, tenant)); diff != "" {
			t.Errorf("names of %s (-want +got):\n%s", tenant, diff)
		}
	}
	checkLog(t, log, `"created-count":"3"`, `"overwritten-count":"1"`, `"status":"success"`, "result for tenant data:", "result for tenant ml:")
}

func TestPrune(t *testing.T) {
	store := startStore(t)
	store.seed(t, "data", map[string]any{"UNRELATED": 1})
	store.seed(t, "ml", nil)
	first := deploy(store, "production")
	first.secrets["APP_OLD_KEY"] = canary()
	first.run(t)
	log := deploy(store, "production").run(t)
	checkLog(t, log, "- deleted   APP_OLD_KEY", `"deleted-names":"[\"APP_OLD_KEY\"]"`, `"deleted-count":"2"`)
	if diff := cmp.Diff([]string{"APP_KEY", "APP_SLACK", "UNRELATED"}, store.namesOf(t, "data")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// The job fails, and reports what was written where.
func TestPartialFailure(t *testing.T) {
	store := startStore(t)
	store.seed(t, "data", nil)
	store.seed(t, "ml", nil)
	store.inject(t, `{"match": {"field": "setSecret", "secret": "APP_SLACK", "tenant": "ml"},
		"fault": {"code": "FORBIDDEN", "message": "Unauthorized"}}`)
	j := deploy(store, "production")
	j.fails = true
	log := j.run(t)
	checkLog(t, log, `"status":"partial"`, `"created-count":"3"`, `"failed-count":"1"`,
		`"failed-names":"[\"APP_SLACK\"]"`, "! failed    APP_SLACK: ")
	if diff := cmp.Diff([]string{"APP_KEY"}, store.namesOf(t, "ml")); diff != "" {
		t.Errorf("names of ml (-want +got):\n%s", diff)
	}
}

// If a config has an error, nothing is written.
func TestConfigError(t *testing.T) {
	store := startStore(t)
	store.seed(t, "data-staging", nil)
	j := deploy(store, "staging")
	j.fails, j.vars["CONFIG_FILES"] = true, "config.toml"
	j.files["config.toml"] = "[context.secrets\nTOKEN = \"" + j.secrets["OTHER"] + "\"\n"
	log := j.run(t)
	checkLog(t, log, "file=config.toml,line=1,", "nothing was written", `"status":"failed"`, `"error-count":"1"`)
	checkNoLeak(t, log, []string{j.secrets["OTHER"]})
	if names := store.namesOf(t, "data-staging"); len(names) > 0 {
		t.Errorf("something was written: %q", names)
	}
}

// A fork's pull request is skipped with a notice, and nothing is deleted.
func TestFork(t *testing.T) {
	store := startStore(t)
	store.seed(t, "data-staging", map[string]any{"APP_OLD_KEY": 1})
	j := deploy(store, "staging")
	j.event, j.payload, j.secrets = "pull_request", pullRequest("mallory/r"), nil
	j.workflow, j.env = "fork.yml", map[string]string{"GITHUB_REPOSITORY": "o/r"}
	log := j.run(t)
	checkLog(t, log, `::notice title=prefect-secrets::this run is for a pull request from another repository, "mallory/r",`,
		"Nothing was synced. A run is not skipped once the change is in this repository.", `"status":"skipped"`)
	if diff := cmp.Diff([]string{"APP_OLD_KEY"}, store.namesOf(t, "data-staging")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestMisspeltInput(t *testing.T) {
	store := startStore(t)
	log := job{
		workflow: "misspelt.yml", fails: true,
		secrets: map[string]string{"PREFECT_SECRETS_API_KEY": store.AdminKey, "A": canary()},
		vars:    map[string]string{"PREFECT_API_URL": store.URL},
	}.run(t)
	checkLog(t, log, `unknown input "secret": did you mean "secrets"?`)
	if bytes.Contains(log, []byte(store.AdminKey)) {
		t.Error("the log shows the key")
	}
}
