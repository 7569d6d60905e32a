package actions_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// TestActionSyncsBlocks runs the Action for an environment whose store is a server of
// Prefect 3 with a user and a password, which is found by Prefect's own variables.
func TestActionSyncsBlocks(t *testing.T) {
	fake := blockstest.New()
	const auth = "admin:" + canary + "-auth"
	fake.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(auth))
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	w := githubtest.NewWorkspace(t, map[string]string{
		"environment": "three",
		"secrets":     secretsJSON(t, map[string]string{"DB_PASSWORD": canary, "PREFECT_API_AUTH_STRING": auth, "COPY": auth}),
	})
	w.Env = append(w.Env,
		"INPUT_MANIFEST="+w.Write(t, "m.toml", "tenants = [\"data\"]\n[environments.three]\nstore = \"blocks\"\nreader = \"3\"\n"),
		"PREFECT_API_URL="+server.URL+"/api", "PREFECT_API_AUTH_STRING="+auth,
		"ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:1/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t", // never for such a store
	)
	r := runAction(t, w.Env)
	shown := githubtest.Unmasked(r.stdout)
	if r.code != exit.OK || strings.Contains(shown+r.stderr, canary) || strings.Contains(w.Read(t, "summary"), canary) {
		t.Fatalf("exit code %d: %s%s", r.code, shown, r.stderr)
	}
	if !strings.Contains(r.stdout, "::add-mask::"+auth+"\n") {
		t.Error("the auth string is not masked")
	}
	if diff := cmp.Diff([]string{"db-password"}, fake.Names()); diff != "" {
		t.Error(diff)
	}
	if got := w.Outputs(t)["created-names"]; got != `["db-password"]` {
		t.Errorf("created %s", got)
	}
	if again := runAction(t, w.Env); again.code != exit.OK || !strings.Contains(again.stdout, "1 unchanged") {
		t.Errorf("exit code %d: %s", again.code, githubtest.Unmasked(again.stdout))
	}
}

// TestActionWithoutAKeyForBlocks names the input, not the command's flag.
func TestActionWithoutAKeyForBlocks(t *testing.T) {
	fake := blockstest.New()
	fake.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte("admin:"+canary))
	w, github := newBlocksWorkspace(t, fake, "o/r", map[string]string{"mode": "plan"})
	r := runAction(t, w.Env)
	shown := shownBy(t, w, github, r)
	if r.code != exit.Refused && r.code != exit.Usage || !strings.Contains(shown, "requires a key: set PREFECT_API_AUTH_STRING, or pass the input api-key") {
		t.Errorf("exit code %d: %s", r.code, shown)
	}
}

// newBlocksWorkspace returns the workspace of a job for an environment with a prune scope,
// whose store is a server of Prefect 3, in a pull request from the repository head.
func newBlocksWorkspace(t *testing.T, fake *blockstest.Fake, head string, inputs map[string]string) (*githubtest.Workspace, *githubtest.Server) {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	inputs["environment"], inputs["api-url"] = "three", server.URL+"/api"
	inputs["comment"], inputs["github-token"] = "true", githubtest.Token
	inputs["secrets"] = secretsJSON(t, map[string]string{"DB_PASSWORD": canary, "EMPTY": ""})
	github := newCommentable()
	w := newPullRequestWorkspace(t, github, inputs)
	w.PullRequest(t, head)
	w.Env = append(w.Env, "INPUT_MANIFEST="+w.Write(t, "m.toml",
		"[environments.three]\nstore = \"blocks\"\nreader = \"3\"\n[environments.three.prune]\nscope = [\"TEAM_*\"]\n"))
	return w, github
}

// shownBy returns all that a run shows: the log, the summary and the comments.
func shownBy(t *testing.T, w *githubtest.Workspace, github *githubtest.Server, r result) string {
	t.Helper()
	shown := githubtest.Unmasked(r.stdout) + r.stderr + w.Read(t, "summary")
	for _, c := range github.Comments() {
		shown += c.Body
	}
	if strings.Contains(shown, canary) {
		t.Error("a value showed")
	}
	return shown
}

// TestActionPrunesBlocks deletes only with the input prune-unowned, and says so wherever
// the plan is shown.
func TestActionPrunesBlocks(t *testing.T) {
	for _, mode := range []string{"plan", "sync"} {
		fake := blockstest.New()
		fake.Set("team-old", `"x"`)
		w, github := newBlocksWorkspace(t, fake, "o/r", map[string]string{"mode": mode})
		r := runAction(t, w.Env)
		shown := strings.ReplaceAll(shownBy(t, w, github, r), "`", "")
		const places = 4 // the log, its annotation, the summary and the comment
		if n := strings.Count(shown, "the store does not know who wrote it (the input prune-unowned)"); r.code != exit.OK || n != places {
			t.Errorf("%s: exit code %d, shown %d times: %s", mode, r.code, n, shown)
		}
		w.Env = append(w.Env, "INPUT_PRUNE-UNOWNED=true")
		r = runAction(t, w.Env)
		shown = shownBy(t, w, github, r)
		if r.code != exit.OK || !strings.Contains(shown, "a deployment that names a deleted block") {
			t.Errorf("%s: exit code %d: %s", mode, r.code, shown)
		}
		want := []string{"db-password"}
		if mode == "plan" {
			want = []string{"team-old"}
		}
		if diff := cmp.Diff(want, fake.Names()); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
		if deleted := w.Outputs(t)["deleted-names"]; mode == "sync" && deleted != `["team-old"]` {
			t.Errorf("deleted %s", deleted)
		}
	}
}

// TestUntrustedActionLeavesBlocks neither writes nor deletes for a fork, nor reads a value.
func TestUntrustedActionLeavesBlocks(t *testing.T) {
	for mode, want := range map[string]string{"plan": "1 to create", "sync": "Nothing was synced."} {
		fake := blockstest.New()
		fake.Set("team-old", `"x"`)
		w, github := newBlocksWorkspace(t, fake, "stranger/r", map[string]string{"mode": mode, "prune-unowned": "true"})
		r := runAction(t, w.Env)
		if shown := shownBy(t, w, github, r); r.code != exit.OK || !strings.Contains(shown, want) {
			t.Errorf("%s: exit code %d: %s", mode, r.code, shown)
		}
		if diff := cmp.Diff([]string{"team-old"}, fake.Names()); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
		if calls := fake.Calls(faults.Match{Field: blockstest.Values}); len(calls) > 0 {
			t.Errorf("%s: it read values: %+v", mode, calls)
		}
	}
}

// TestStepsShareTheirVariables runs both steps of a job whose variables have the keys of
// both stores. Each takes its own, and says that it passes over the other.
func TestStepsShareTheirVariables(t *testing.T) {
	_, url := startFake(t)
	fake := blockstest.New()
	const auth = "admin:" + canary + "-auth"
	fake.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(auth))
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	manifest := "[environments.one]\n[environments.three]\nstore = \"blocks\"\nreader = \"3\"\n"
	for environment, want := range map[string]string{
		"one":   "key: from PREFECT__CLOUD__API_KEY; PREFECT_API_KEY differs and is ignored\n",
		"three": "key: from PREFECT_API_AUTH_STRING; PREFECT_SECRETS_API_KEY is ignored: it is a key of prefect-secrets serve (pfs_), which is not sent to Prefect 2 or 3; PREFECT_API_KEY differs and is ignored\n",
	} {
		w := githubtest.NewWorkspace(t, map[string]string{
			"environment": environment, "mode": "plan", "secrets": secretsJSON(t, map[string]string{"A": canary}),
		})
		w.Env = append(w.Env,
			"INPUT_MANIFEST="+w.Write(t, "m.toml", manifest), "PREFECT__CLOUD__API="+url, "PREFECT_API_URL="+server.URL+"/api",
			"PREFECT__CLOUD__API_KEY="+testkit.AdminKey, "PREFECT_API_KEY=pnu_"+canary, "PREFECT_API_AUTH_STRING="+auth,
		)
		if environment == "three" {
			w.Env = append(w.Env, "PREFECT_SECRETS_API_KEY= pfs_"+canary+"\r\n")
		}
		r := runAction(t, w.Env)
		shown := githubtest.Unmasked(r.stdout) + r.stderr + w.Read(t, "summary")
		if r.code != exit.OK || !strings.Contains(shown, want) || strings.Contains(shown, canary) {
			t.Errorf("%s: exit code %d: %s", environment, r.code, shown)
		}
	}
}

// TestActionSendsNoKeyOfBlocksToTheOldStore has a job that sets the variable for the URL
// of the old store, and a manifest with the URL of blocks.
func TestActionSendsNoKeyOfBlocksToTheOldStore(t *testing.T) {
	server := httptest.NewServer(blockstest.New())
	t.Cleanup(server.Close)
	asked := make(chan string, 100)
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		http.NotFound(w, r)
	}))
	t.Cleanup(old.Close)
	manifest := fmt.Sprintf("[environments.three]\nstore = \"blocks\"\nreader = \"3\"\napi-url = %q\n", server.URL+"/api")
	const otherHost = "the manifest's api-url names another host"
	for _, tt := range []struct {
		variable, input string
		code            int
		want            string
	}{
		{old.URL, "", exit.Usage, otherHost},
		{old.URL, server.URL + "/api", exit.OK, "1 to create"},
		{server.URL, "", exit.Failed, "use " + server.URL + "/api"}, // the workflow's URL, and not the manifest's
		{server.URL + "/x", server.URL + "/x", exit.Failed, "/x"},
	} {
		inputs := map[string]string{"environment": "three", "mode": "plan", "secrets": secretsJSON(t, map[string]string{"A": canary})}
		if tt.input != "" {
			inputs["api-url"] = tt.input
		}
		w := githubtest.NewWorkspace(t, inputs)
		w.Env = append(w.Env, "INPUT_MANIFEST="+w.Write(t, "m.toml", manifest), "PREFECT_SECRETS_API_URL="+tt.variable)
		if r := runAction(t, w.Env); r.code != tt.code || !strings.Contains(r.stdout, tt.want) {
			t.Errorf("%+v: exit code %d: %s", tt, r.code, githubtest.Unmasked(r.stdout))
		}
	}
	if len(asked) > 0 {
		t.Errorf("the old store was asked for %s", <-asked)
	}
}

// TestCheckSendsNoKeyToTheManifestsHost has a manifest that somebody changed, and checks
// flows with the names of the store that the workflow names.
func TestCheckSendsNoKeyToTheManifestsHost(t *testing.T) {
	fake := blockstest.New()
	other := httptest.NewServer(fake)
	t.Cleanup(other.Close)
	w := githubtest.NewWorkspace(t, map[string]string{"mode": "check", "environment": "three", "api-key": canary})
	manifest := fmt.Sprintf("[environments.three]\nstore = \"blocks\"\nreader = \"3\"\napi-url = %q\n", other.URL+"/api")
	w.Env = append(w.Env, "INPUT_MANIFEST="+w.Write(t, "m.toml", manifest), "INPUT_FLOWS="+w.Write(t, "flow.py", "x = 1\n"),
		"PREFECT_SECRETS_API_URL=http://127.0.0.1:1/api")
	r := runAction(t, w.Env)
	if calls := fake.Calls(faults.Match{}); r.code == exit.OK || len(calls) > 0 {
		t.Errorf("exit code %d, %d requests: %s", r.code, len(calls), githubtest.Unmasked(r.stdout))
	}
}
