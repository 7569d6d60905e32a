package actions_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

const nothingSynced = ". Nothing was synced."

// startSeededFake starts a store with two names of a team, as after a person's sync.
func startSeededFake(t *testing.T) (fake *testkit.Cloud, inputs map[string]string) {
	t.Helper()
	fake, url := startFake(t)
	for _, name := range []string{"TEAM_DB", "TEAM_S3"} {
		if err := fake.AdminClient().SetSecret(t.Context(), name, canary); err != nil {
			t.Fatal(err)
		}
	}
	return fake, map[string]string{"api-url": url, "api-key": testkit.AdminKey, "prune": "TEAM_*"}
}

// Dependabot's runs have the secrets of the Dependabot store, which may even include a
// key. The names of the repository's secrets are not among them.
func TestAnUntrustedRunNeitherWritesNorDeletes(t *testing.T) {
	secrets := `{"github_token": "ghs_y", "PREFECT_API_KEY": "` + testkit.AdminKey +
		`", "NPM_TOKEN": "` + canary + `"}`
	tests := map[string]struct {
		start func(*githubtest.Workspace)
		why   string
		later string
	}{
		"Dependabot": {
			(*githubtest.Workspace).Dependabot,
			"dependabot[bot] started this run, so GitHub gave it the secrets of the Dependabot store",
			" The next run that a person starts on this branch is not skipped.",
		},
		"fork": {
			func(w *githubtest.Workspace) { w.PullRequest(t, "stranger/r") },
			`from another repository, "stranger/r"`, " A run is not skipped once the change is in this repository.",
		},
		"no event file": {
			func(w *githubtest.Workspace) { w.Env = append(w.Env, "GITHUB_EVENT_NAME=pull_request") },
			"GITHUB_EVENT_PATH cannot be read", "",
		},
		"hostile payload": {
			func(w *githubtest.Workspace) { w.PullRequest(t, `::error::x\n::add-mask::y`) },
			`"::error::x\n::add-mask::y"`, " A run is not skipped once the change is in this repository.",
		},
	}
	for name, tt := range tests {
		fake, inputs := startSeededFake(t)
		inputs["secrets"] = secrets
		w := githubtest.NewWorkspace(t, inputs)
		tt.start(w)
		asked := len(fake.Calls(faults.Match{}))
		r := runAction(t, w.Env)
		outputs := w.Outputs(t)
		if r.code != exit.OK || outputs["status"] != "skipped" || outputs["changed"] != "false" ||
			outputs["created-count"] != "0" {
			t.Errorf("%s: exit code %d, outputs %v", name, r.code, outputs)
		}
		if !strings.Contains(r.stdout, "::notice title=prefect-secrets::") || !strings.Contains(r.stdout, tt.why) ||
			!strings.Contains(r.stdout, nothingSynced+tt.later+"\n") || strings.Contains(r.stdout, "\n::error title=prefect-secrets::") {
			t.Errorf("%s: it printed %s", name, githubtest.Unmasked(r.stdout))
		}
		summary := w.Read(t, "summary")
		if !strings.Contains(summary, "**Skipped:** ") || strings.Contains(summary, "### Prefect secrets: sync") {
			t.Errorf("%s: the summary is %s", name, summary)
		}
		if names := fake.Names(); len(names) != 2 || len(fake.Calls(faults.Match{})) != asked {
			t.Errorf("%s: the store was asked, and has %v", name, names)
		}
	}
}

func TestAnUntrustedPlan(t *testing.T) {
	_, inputs := startSeededFake(t)
	maps.Copy(inputs, map[string]string{
		"mode": "plan", "secrets": `{"NPM_TOKEN": "` + canary + `"}`, "include": "NPM_*",
	})
	w := githubtest.NewWorkspace(t, inputs)
	w.Env = append(w.Env, "INPUT_PLAN-FILE="+w.Path("plan.json"))
	w.Dependabot()
	r := runAction(t, w.Env)
	const first = "the secrets of the Dependabot store and not the repository's own: nothing is deleted, and no plan file is written"
	lines := strings.Split(strings.TrimSpace(githubtest.Unmasked(r.stdout)), "\n")
	if r.code != exit.OK || !strings.HasSuffix(lines[1], first) ||
		!strings.HasPrefix(lines[2], "plan for tenant ") || strings.Contains(r.stdout, "delete ") {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	if outputs := w.Outputs(t); outputs["plan-file"] != "" || outputs["status"] != "success" {
		t.Errorf("outputs: %v", outputs)
	}
	if _, err := os.Stat(w.Path("plan.json")); !os.IsNotExist(err) {
		t.Errorf("the plan file: %v", err)
	}
	summary := w.Read(t, "summary")
	if strings.Contains(summary, "**delete**") || !strings.Contains(summary, "the Dependabot store") {
		t.Errorf("the summary is %s", summary)
	}
}

// An input that an untrusted run lacks skips it. An error in its checkout fails it.
func TestWhatAnUntrustedRunLacks(t *testing.T) {
	given := map[string]string{
		"api-url": "http://127.0.0.1:0", "api-key": "key", "secrets": `{"A": "` + canary + `"}`,
	}
	tests := []struct {
		change       map[string]string
		code         int
		sync, plan   string // the status
		planExitCode int
	}{
		{nil, exit.OK, "skipped", "failed", exit.Failed},
		{map[string]string{"secrets": ""}, exit.OK, "skipped", "skipped", exit.OK},
		{
			map[string]string{"secrets": `{"github_token": "t", "A": ""}`}, exit.OK, "skipped",
			"skipped", exit.OK,
		},
		{map[string]string{"include": "B_*"}, exit.OK, "skipped", "skipped", exit.OK},
		{map[string]string{"api-url": ""}, exit.OK, "skipped", "skipped", exit.OK},
		{map[string]string{"api-key": ""}, exit.OK, "skipped", "skipped", exit.OK},
		{map[string]string{"config-files": "good.toml"}, exit.OK, "skipped", "failed", exit.Failed},
		{map[string]string{"config-files": "bad.toml"}, exit.Usage, "failed", "failed", exit.Usage},
		{map[string]string{"manifest": "bad.toml"}, exit.Usage, "failed", "failed", exit.Usage},
		{map[string]string{"mode": "wipe"}, exit.Usage, "failed", "", 0},
	}
	for _, tt := range tests {
		for mode, want := range map[string]string{"sync": tt.sync, "plan": tt.plan} {
			if want == "" {
				continue
			}
			inputs := maps.Clone(given)
			inputs["mode"] = mode
			maps.Copy(inputs, tt.change)
			w := githubtest.NewWorkspace(t, nil)
			w.Write(t, "good.toml", "a = 1\n")
			w.Write(t, "bad.toml", "a = \n")
			for name, value := range inputs {
				if strings.HasSuffix(value, ".toml") {
					value = w.Path(value)
				}
				w.Env = append(w.Env, "INPUT_"+strings.ToUpper(name)+"="+value)
			}
			w.PullRequest(t, "stranger/r")
			code := map[string]int{"sync": tt.code, "plan": tt.planExitCode}[mode]
			r := runAction(t, w.Env)
			if status := w.Outputs(t)["status"]; r.code != code || status != want {
				t.Errorf("%s with %v: exit code %d, status %q: %s", mode, tt.change, r.code, status,
					githubtest.Unmasked(r.stdout))
			}
		}
	}
}

// A skipped run replaces an earlier plan in the comment. It does not fail if the token
// may not comment.
func TestTheCommentOfASkippedRun(t *testing.T) {
	for permission, want := range map[string]string{"write": "**Skipped:**", "read": ""} {
		fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": permission}}
		w := newPullRequestWorkspace(t, fake, map[string]string{
			"comment": "true", "github-token": githubtest.Token, "api-url": "http://127.0.0.1:0",
			"secrets": `{"A": "` + canary + `"}`,
		})
		w.PullRequest(t, "stranger/r")
		r := runAction(t, w.Env)
		body := ""
		for _, c := range fake.Comments() {
			body += c.Body
		}
		if r.code != exit.OK || w.Outputs(t)["status"] != "skipped" ||
			(body == "") != (want == "") || !strings.Contains(body, want) {
			t.Errorf("%s: exit code %d: %s\n%s", permission, r.code, r.stdout, body)
		}
	}
}
