package cli_test

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const nothingSynced = ": nothing was synced; the next run by a person on this branch will"

// asDependabot makes the run of a workspace one that Dependabot started, which a
// person may have run again.
func (w *workspace) asDependabot() {
	w.env = append(w.env, "GITHUB_EVENT_NAME=push", "GITHUB_ACTOR=dependabot[bot]", "GITHUB_TRIGGERING_ACTOR=someone")
}

// seeded is a store with two names of a team, as a sync by a person leaves it.
func seeded(t *testing.T) (fake *testkit.Cloud, inputs map[string]string) {
	t.Helper()
	fake, url, _ := served(t, 0)
	for _, name := range []string{"TEAM_DB", "TEAM_S3"} {
		if r := runCommand(t, adminEnv, canary, "set", name, "--api-url", url); r.code != exit.OK {
			t.Fatal(r.stderr)
		}
	}
	return fake, map[string]string{"api-url": url, "api-key": testkit.AdminKey, "prune": "TEAM_*"}
}

// The secrets of Dependabot's own store are another set, and everything but the
// names of the repository's is in it.
func TestAnUntrustedRunNeitherWritesNorDeletes(t *testing.T) {
	secrets := `{"github_token": "ghs_y", "PREFECT_API_KEY": "` + testkit.AdminKey + `", "NPM_TOKEN": "` + canary + `"}`
	tests := map[string]struct {
		start func(*workspace)
		why   string
	}{
		"Dependabot":      {(*workspace).asDependabot, "dependabot[bot] started this run, so GitHub gave it the secrets of the Dependabot store"},
		"fork":            {func(w *workspace) { w.pullRequest(t, "stranger/r") }, "from another repository, stranger/r"},
		"no event file":   {func(w *workspace) { w.env = append(w.env, "GITHUB_EVENT_NAME=pull_request") }, "GITHUB_EVENT_PATH cannot be read"},
		"hostile payload": {func(w *workspace) { w.pullRequest(t, `::error::x\n::add-mask::y`) }, `"::error::x\n::add-mask::y"`},
	}
	for name, tt := range tests {
		fake, inputs := seeded(t)
		inputs["secrets"] = secrets
		w := newWorkspace(t, inputs)
		tt.start(w)
		asked := len(fake.Calls(testkit.Match{}))
		r := runCommand(t, w.env, "", "action")
		outputs := w.outputs(t)
		if r.code != exit.OK || outputs["status"] != "skipped" || outputs["changed"] != "false" || outputs["created-count"] != "0" {
			t.Errorf("%s: exit code %d, outputs %v", name, r.code, outputs)
		}
		if !strings.Contains(r.stdout, "::notice::") || !strings.Contains(r.stdout, tt.why) || !strings.Contains(r.stdout, nothingSynced) || strings.Contains(r.stdout, "\n::error::") {
			t.Errorf("%s: it printed %s", name, unmasked(r.stdout))
		}
		if summary := w.read(t, "summary"); !strings.Contains(summary, "**Skipped**: ") || strings.Contains(summary, "### Prefect secrets: sync") {
			t.Errorf("%s: the summary is %s", name, summary)
		}
		if names := fake.Names(); len(names) != 2 || len(fake.Calls(testkit.Match{})) != asked {
			t.Errorf("%s: the store was asked, and has %v", name, names)
		}
	}
}

func TestAnUntrustedPlan(t *testing.T) {
	_, inputs := seeded(t)
	maps.Copy(inputs, map[string]string{"mode": "plan", "secrets": `{"NPM_TOKEN": "` + canary + `"}`, "include": "NPM_*"})
	w := newWorkspace(t, inputs)
	w.env = append(w.env, "INPUT_PLAN-FILE="+w.path("plan.json"))
	w.asDependabot()
	r := runCommand(t, w.env, "", "action")
	const first = "the secrets of the Dependabot store and not the repository's own: nothing is deleted, and no plan file is written"
	lines := strings.Split(strings.TrimSpace(unmasked(r.stdout)), "\n")
	if r.code != exit.OK || !strings.HasSuffix(lines[1], first) || !strings.HasPrefix(lines[2], "plan for tenant ") || strings.Contains(r.stdout, "delete ") {
		t.Errorf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if outputs := w.outputs(t); outputs["plan-file"] != "" || outputs["status"] != "success" {
		t.Errorf("outputs: %v", outputs)
	}
	if _, err := os.Stat(w.path("plan.json")); !os.IsNotExist(err) {
		t.Errorf("the plan file: %v", err)
	}
	if summary := w.read(t, "summary"); strings.Contains(summary, "| delete |") || !strings.Contains(summary, "the Dependabot store") {
		t.Errorf("the summary is %s", summary)
	}
}

// What an untrusted run is not given is nobody's mistake; what is in its checkout
// may be.
func TestWhatAnUntrustedRunLacks(t *testing.T) {
	given := map[string]string{"api-url": "http://127.0.0.1:0", "api-key": "key", "secrets": `{"A": "` + canary + `"}`}
	tests := []struct {
		change       map[string]string
		code         int
		sync, plan   string // the status
		planExitCode int
	}{
		{nil, exit.OK, "skipped", "failed", exit.Failed},
		{map[string]string{"secrets": ""}, exit.OK, "skipped", "skipped", exit.OK},
		{map[string]string{"secrets": `{"github_token": "t", "A": ""}`}, exit.OK, "skipped", "skipped", exit.OK},
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
			w := newWorkspace(t, nil)
			w.write(t, "good.toml", "a = 1\n")
			w.write(t, "bad.toml", "a = \n")
			for name, value := range inputs {
				if strings.HasSuffix(value, ".toml") {
					value = w.path(value)
				}
				w.env = append(w.env, "INPUT_"+strings.ToUpper(name)+"="+value)
			}
			w.pullRequest(t, "stranger/r")
			code := map[string]int{"sync": tt.code, "plan": tt.planExitCode}[mode]
			r := runCommand(t, w.env, "", "action")
			if status := w.outputs(t)["status"]; r.code != code || status != want {
				t.Errorf("%s with %v: exit code %d, status %q: %s", mode, tt.change, r.code, status, unmasked(r.stdout))
			}
		}
	}
}

// The comment does not keep a plan that reads as done, and where the token may not
// comment, the step does not fail.
func TestTheCommentOfASkippedRun(t *testing.T) {
	for permission, says := range map[string]string{"write": "**Skipped**", "read": ""} {
		fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": permission}}
		w := onGitHub(t, fake, map[string]string{"comment": "true", "github-token": githubtest.Token, "api-url": "http://127.0.0.1:0", "secrets": `{"A": "` + canary + `"}`})
		w.pullRequest(t, "stranger/r")
		r := runCommand(t, w.env, "", "action")
		body := ""
		for _, c := range fake.Comments() {
			body += c.Body
		}
		if r.code != exit.OK || w.outputs(t)["status"] != "skipped" || (body == "") != (says == "") || !strings.Contains(body, says) {
			t.Errorf("%s: exit code %d: %s\n%s", permission, r.code, r.stdout, body)
		}
	}
}

func TestUntrustedCommands(t *testing.T) {
	fake, inputs := seeded(t)
	w := newWorkspace(t, nil)
	w.asDependabot()
	env := append(w.env, adminEnv...)
	secrets := w.write(t, "secrets.json", `{"NPM_TOKEN": "`+canary+`"}`)
	planFile := w.path("plan.json")
	at := []string{"--api-url", inputs["api-url"]}
	source := append(at, "--secrets-file", secrets, "--prune-scope", "TEAM_*")
	for _, args := range [][]string{
		append([]string{"sync"}, source...), append([]string{"sync", "--format", "markdown"}, source...), {"sync"},
		append([]string{"set", "X"}, at...), append([]string{"delete", "TEAM_DB"}, at...),
		append([]string{"plan", "--include", "x*"}, source...),
	} {
		r := runCommand(t, env, canary, args...)
		if r.code != exit.OK || !strings.Contains(strings.ToLower(r.stdout), "skipped") || !strings.Contains(strings.ReplaceAll(r.stdout, "\u200b", ""), nothingSynced) {
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
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil || document.Status != "skipped" || !strings.HasSuffix(document.Reason, nothingSynced) || document.Actions == nil || document.Tenants == nil {
		t.Errorf("%v: %s", err, r.stdout)
	}
	r = runCommand(t, env, "", append([]string{"plan", "--plan-file", planFile}, source...)...)
	if _, err := os.Stat(planFile); r.code != exit.OK || !os.IsNotExist(err) || !strings.Contains(r.stdout, "the secrets of the Dependabot store") || strings.Contains(r.stdout, "x delete") {
		t.Errorf("plan: exit code %d, %v: %s%s", r.code, err, r.stdout, r.stderr)
	}
	if diff := cmp.Diff([]string{"TEAM_DB", "TEAM_S3"}, fake.Names()); diff != "" {
		t.Error(diff)
	}
}

// A run that a person started does as it is told, on Dependabot's branch too, and
// outside GitHub Actions nothing is distrusted.
func TestTrustedCommands(t *testing.T) {
	for name, start := range map[string]func(*workspace){
		"a person's merge":  func(*workspace) {},
		"no Actions":        func(w *workspace) { w.asDependabot(); w.env = append(w.env, "GITHUB_ACTIONS=") },
		"own pull request":  func(w *workspace) { w.pullRequest(t, "o/r") },
		"no name of events": func(w *workspace) { w.env = append(w.env, "GITHUB_EVENT_NAME=") },
	} {
		fake, inputs := seeded(t)
		w := newWorkspace(t, nil)
		start(w)
		env := append(w.env, adminEnv...)
		set := runCommand(t, env, canary, "set", "X", "--api-url", inputs["api-url"])
		deleted := runCommand(t, env, "", "delete", "TEAM_DB", "--api-url", inputs["api-url"])
		synced := runCommand(t, env, `{"TEAM_NEW": "`+canary+`"}`, "sync", "--secrets-file", "-", "--prune-scope", "TEAM_*", "--api-url", inputs["api-url"])
		if diff := cmp.Diff([]string{"TEAM_NEW", "X"}, fake.Names()); diff != "" {
			t.Errorf("%s: exit codes %d, %d, %d: %s%s", name, set.code, deleted.code, synced.code, diff, synced.stdout+synced.stderr)
		}
		if unsaid := strings.Contains(synced.stderr, "note: GITHUB_EVENT_NAME is not set"); unsaid != (name == "no name of events") {
			t.Errorf("%s: standard error is %q", name, synced.stderr)
		}
	}
}
