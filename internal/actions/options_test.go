package actions_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

func TestActionTakesEverySource(t *testing.T) {
	fake, url := startFake(t)
	client := fake.AdminClient()
	if err := client.SetSecret(t.Context(), "OLD", 1); err != nil {
		t.Fatal(err)
	}
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey,
		"secrets": secretsJSON(t, map[string]string{"A": canary, "github_token": "t"}),
		"vars":    `{"REGION": "eu-west-1"}`, "env-names": "WEBHOOK_*", "prune": "OLD",
	})
	w.Env = append(w.Env, "WEBHOOK_URL="+canary+"-hook")
	w.Env = append(w.Env, "INPUT_SECRETS-FILE="+w.Write(t, "extra.env", "DOTENV='"+canary+"-file'\n"))
	r := runAction(t, w.Env)
	if r.code != exit.OK {
		t.Fatalf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	fake.AssertSecrets(t, map[string]any{
		"A": canary, "REGION": "eu-west-1", "WEBHOOK_URL": canary + "-hook", "DOTENV": canary + "-file",
	})
	out := w.Outputs(t)
	if out["created-names"] != `["A","DOTENV","REGION","WEBHOOK_URL"]` ||
		out["deleted-names"] != `["OLD"]` || out["deleted-count"] != "1" || out["changed"] != "true" {
		t.Errorf("outputs %v", out)
	}
	for _, masked := range []string{canary, canary + "-hook", canary + "-file"} {
		if !strings.Contains(r.stdout, "::add-mask::"+masked+"\n") {
			t.Errorf("%s is not masked", strings.TrimPrefix(masked, canary))
		}
	}
	if strings.Contains(w.Read(t, "summary"), canary) {
		t.Error("the summary holds a value")
	}
}

func TestActionUsesAnEnvironmentOfTheManifest(t *testing.T) {
	fake, url := startFake(t)
	staging, production := fake.Tenant("data-staging"), fake.Tenant("data")
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey, "environment": "staging",
		"secrets": `{"A": "value"}`,
	})
	w.Env = append(w.Env,
		"INPUT_MANIFEST="+
			w.Write(t, "m.toml", "[environments.staging]\ntenants = ['data-staging']\n[environments.production]\ntenants = ['data']\n"))
	r := runAction(t, w.Env)
	if r.code != exit.OK || len(staging.Names()) != 1 || len(production.Names()) != 0 {
		t.Errorf("exit code %d: %v %v: %s", r.code, staging.Names(), production.Names(), r.stdout)
	}
}

// The key goes to the input's host alone, even if an environment names another.
func TestAnEnvironmentCannotRedirectTheKey(t *testing.T) {
	fake, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey, "environment": "staging",
		"secrets": `{"A": "value"}`,
	})
	w.Env = append(w.Env,
		"INPUT_MANIFEST="+
			w.Write(t, "m.toml", "api-url = '"+url+
				"'\n[environments.staging]\napi-url = 'https://evil.example.com'\n"))
	r := runAction(t, w.Env)
	if r.code != exit.Usage || len(fake.Calls(faults.Match{})) != 0 || !strings.Contains(r.stdout, "names another host than the input api-url: ") {
		t.Errorf("exit code %d: %s", r.code, r.stdout)
	}
}

// A fork's run has the variables of its workflow and no secrets. It neither writes nor
// deletes anything.
func TestAForkPrunesNothing(t *testing.T) {
	fake, url := startFake(t)
	if err := fake.AdminClient().SetSecret(t.Context(), "OLD", 1); err != nil {
		t.Fatal(err)
	}
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": "", "secrets": "{}", "vars": `{"REGION": "x"}`, "env-names": "HOOK",
		"prune": "*",
	})
	w.Env = append(w.Env, "HOOK=")
	w.PullRequest(t, "fork/r")
	r := runAction(t, append(w.Env, "GITHUB_EVENT_NAME=pull_request"))
	if r.code != exit.OK || w.Outputs(t)["status"] != "skipped" || len(fake.Names()) != 1 {
		t.Errorf("exit code %d, names %v: %s", r.code, fake.Names(), r.stdout)
	}
}

func TestActionKeepsToAReviewedPlan(t *testing.T) {
	fake, url := startFake(t)
	inputs := map[string]string{
		"mode": "plan", "api-url": url, "api-key": testkit.AdminKey,
		"secrets": `{"A": "` + canary + `"}`,
	}
	w := githubtest.NewWorkspace(t, inputs)
	file := w.Path("plan.json")
	w.Env = append(w.Env, "INPUT_PLAN-FILE="+file)
	if r := runAction(t, w.Env); r.code != exit.OK || w.Outputs(t)["plan-file"] != file ||
		strings.Contains(w.Read(t, "plan.json"), canary) {
		t.Fatalf("exit code %d, outputs %v", r.code, w.Outputs(t))
	}
	inputs["mode"], inputs["secrets"] = "sync", `{"A": "`+canary+`", "B": "`+canary+`"}`
	r := runAction(t, append(githubtest.NewWorkspace(t, inputs).Env, "INPUT_PLAN-FILE="+file))
	if names := fake.Names(); r.code != exit.OK || len(names) != 1 || names[0] != "A" {
		t.Errorf("exit code %d, names %v: %s", r.code, names, githubtest.Unmasked(r.stdout))
	}
	r = runAction(t, append(githubtest.NewWorkspace(t, inputs).Env, "INPUT_PLAN-FILE="+file))
	if r.code != exit.Usage || !strings.Contains(r.stdout, "the plan file no longer fits") {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
}
