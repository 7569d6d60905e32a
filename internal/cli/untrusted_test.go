package cli_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const skippedUntil = " The next run that a person starts on this branch is not skipped."

// startSeededFake starts a store with two names of a team, as after a person's sync.
func startSeededFake(t *testing.T) (fake *testkit.Cloud, inputs map[string]string) {
	t.Helper()
	fake, url, _ := startFake(t, 0)
	for _, name := range []string{"TEAM_DB", "TEAM_S3"} {
		if r := runCommand(t, adminEnv, canary, "set", name, "--api-url", url); r.code != exit.OK {
			t.Fatal(r.stderr)
		}
	}
	return fake, map[string]string{"api-url": url, "api-key": testkit.AdminKey, "prune": "TEAM_*"}
}

func TestUntrustedCommands(t *testing.T) {
	fake, inputs := startSeededFake(t)
	w := githubtest.NewWorkspace(t, nil)
	w.Dependabot()
	env := append(w.Env, adminEnv...)
	secrets := w.Write(t, "secrets.json", `{"NPM_TOKEN": "`+canary+`"}`)
	planFile := w.Path("plan.json")
	at := []string{"--api-url", inputs["api-url"]}
	source := append(at, "--secrets-file", secrets, "--prune-scope", "TEAM_*")
	for _, args := range [][]string{
		append([]string{"sync"}, source...), append([]string{"sync", "--format", "markdown"}, source...),
		{"sync"}, append([]string{"set", "X"}, at...), append([]string{"delete", "TEAM_DB"}, at...),
		append([]string{"plan", "--include", "x*"}, source...),
	} {
		r := runCommand(t, env, canary, args...)
		if r.code != exit.OK || !strings.Contains(strings.ToLower(r.stdout), "skipped") ||
			!strings.Contains(r.stdout, skippedUntil) {
			t.Errorf("%v: exit code %d: %s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	r := runCommand(t, env, "", append([]string{"sync", "--format", "json"}, source...)...)
	var document struct {
		FormatVersion  int `json:"format_version"`
		Status, Reason string
		Actions        []any
		Tenants        []any
	}
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil ||
		document.Status != "skipped" || !strings.HasSuffix(document.Reason, skippedUntil) ||
		document.Actions == nil || document.Tenants == nil {
		t.Errorf("%v: %s", err, r.stdout)
	}
	r = runCommand(t, env, "", append([]string{"plan", "--plan-file", planFile}, source...)...)
	if _, err := os.Stat(planFile); r.code != exit.OK || !os.IsNotExist(err) ||
		!strings.Contains(r.stdout, "the secrets of the Dependabot store") || strings.Contains(r.stdout, "- delete") {
		t.Errorf("plan: exit code %d, %v: %s%s", r.code, err, r.stdout, r.stderr)
	}
	if diff := cmp.Diff([]string{"TEAM_DB", "TEAM_S3"}, fake.Names()); diff != "" {
		t.Error(diff)
	}
}

// A run that a person started is trusted, even on Dependabot's branch. So is every run
// outside GitHub Actions.
func TestTrustedCommands(t *testing.T) {
	for name, start := range map[string]func(*githubtest.Workspace){
		"a person's merge": func(*githubtest.Workspace) {},
		"no Actions": func(w *githubtest.Workspace) {
			w.Dependabot()
			w.Env = append(w.Env,
				"GITHUB_ACTIONS=")
		},
		"own pull request":  func(w *githubtest.Workspace) { w.PullRequest(t, "o/r") },
		"no name of events": func(w *githubtest.Workspace) { w.Env = append(w.Env, "GITHUB_EVENT_NAME=") },
	} {
		fake, inputs := startSeededFake(t)
		w := githubtest.NewWorkspace(t, nil)
		start(w)
		env := append(w.Env, adminEnv...)
		set := runCommand(t, env, canary, "set", "X", "--api-url", inputs["api-url"])
		deleted := runCommand(t, env, "", "delete", "TEAM_DB", "--api-url", inputs["api-url"])
		synced := runCommand(t, env, `{"TEAM_NEW": "`+canary+`"}`, "sync", "--secrets-file", "-",
			"--prune-scope", "TEAM_*", "--api-url", inputs["api-url"])
		if diff := cmp.Diff([]string{"TEAM_NEW", "X"}, fake.Names()); diff != "" {
			t.Errorf("%s: exit codes %d, %d, %d: %s%s", name, set.code, deleted.code, synced.code, diff,
				synced.stdout+synced.stderr)
		}
		unsaid := strings.Contains(synced.stderr, "note: GITHUB_EVENT_NAME is not set")
		if unsaid != (name == "no name of events") {
			t.Errorf("%s: standard error is %q", name, synced.stderr)
		}
	}
}
