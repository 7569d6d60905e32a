package runner

import (
	"bytes"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
)

const deployManifest = `include = ["APP_*"]

[prune]
scope = ["APP_OLD*"]

[environments.staging]
tenants = ["data-staging"]
names."slack webhook" = "APP_SLACK"

[environments.production]
tenants = ["data", "ml"]
`

// TestPlan runs workflows/plan.yml: a pull request gets a comment, and nothing is
// written.
func TestPlan(t *testing.T) {
	store := startStore(t)
	store.seed(t, "data-staging", map[string]any{"APP_OLD": 1})
	fake := &githubtest.Server{
		Permissions: map[string]string{"pull-requests": "write", "secrets": "read"},
		Secrets:     map[string][]string{"repository": {"APP_KEY", "APP_FORGOTTEN"}, "organization": {}},
	}
	hidden := []string{canary(), canary()}
	log := job{
		workflow: "plan.yml", event: "pull_request", payload: pullRequest("o/r"), env: startGitHub(t, fake),
		secrets: map[string]string{
			"APP_KEY": hidden[0], "APP_SLACK": hidden[1],
			"PREFECT_SECRETS_API_KEY": store.AdminKey, "A_GITHUB_TOKEN": githubtest.Token,
		},
		vars:  map[string]string{"PREFECT_API_URL": store.URL, "APP_REGION": "eu-west-1"},
		files: map[string]string{"deploy.toml": deployManifest, "config.toml": "[context.secrets]\nTOKEN = \"" + hidden[1] + "\"\n"},
	}.run(t)

	checkNoLeak(t, log, append(hidden, store.AdminKey, githubtest.Token))
	checkLog(t, log,
		"plan for tenant data-staging", "+ create    APP_KEY", "+ create    APP_REGION",
		"+ create    slack webhook = APP_SLACK", "! skip      APP_OLD ",
		"set in the repository but not passed to this step: APP_FORGOTTEN", "output plan-file=plan.json", `"action":"create"`,
	)
	comments := fake.Comments()
	if len(comments) != 1 {
		t.Fatalf("there are %d comments on the pull request", len(comments))
	}
	body := comments[0].Body
	for _, want := range []string{"Tenant `data-staging`", "| `+`\u00a0create | `APP_KEY` |", "| `!`\u00a0skip | `APP_OLD`<br>", "plaintext-secret"} {
		if !strings.Contains(body, want) {
			t.Errorf("the comment does not hold %q:\n%s", want, body)
		}
	}
	for _, value := range hidden {
		if strings.Contains(body, value) {
			t.Error("the comment shows a value")
		}
	}
	if names := store.namesOf(t, "data-staging"); len(names) != 1 {
		t.Errorf("the plan changed the store: %q", names)
	}
}

// checkLog checks that the log contains each of want.
func checkLog(t *testing.T, log []byte, want ...string) {
	t.Helper()
	for _, s := range want {
		if !bytes.Contains(log, []byte(s)) {
			t.Errorf("the log does not contain %q", s)
		}
	}
	if t.Failed() {
		t.Logf("the log:\n%s", log)
	}
}
