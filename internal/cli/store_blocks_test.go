package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// blocksManifest has one environment of each reader, for a server at a URL. The rest is
// for the other kind of store, and none of it may get there.
const blocksManifest = `
api-url = "https://secrets.example.com"
tenants = ["data"]
overwrite = "owned"
exclude = ["CODECOV_*"]
[names]
"slack webhook" = { from = "SLACK_URL", required = true }
[prune]
scope = ["TEAM_*"]
[environments.three]
store = "blocks"
reader = "3"
api-url = "%[1]s"
[environments.two]
store = "blocks"
reader = "2"
api-url = "%[1]s"
`

// startBlocks starts a fake server of Prefect 3 and changes to a directory with the
// manifest and secrets.json.
func startBlocks(t *testing.T, fake *blockstest.Fake) (url string) {
	t.Helper()
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	t.Chdir(t.TempDir())
	url = server.URL + "/api"
	secrets, err := json.Marshal(map[string]any{
		"DB_PASSWORD": "123456", "SLACK_URL": "https://" + canary, "CONFIG": map[string]any{"password": canary, "port": 1},
		"CODECOV_TOKEN": canary, "PREFECT_API_AUTH_STRING": "admin:" + canary,
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"prefect-secrets.toml": fmt.Sprintf(blocksManifest, url), "secrets.json": string(secrets)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return url
}

// runBlocks runs a command whose output must not have a value.
func runBlocks(t *testing.T, env []string, want int, args ...string) string {
	t.Helper()
	r := runCommand(t, env, "", args...)
	if r.code != want || strings.Contains(r.stdout+r.stderr, canary) {
		t.Fatalf("%q: exit code %d, want %d:\n%s%s", args, r.code, want, r.stdout, r.stderr)
	}
	return r.stdout + r.stderr
}

func checkContains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
}

// TestBlocksAreSynced runs all that a team does: a plan, which installs nothing, a sync,
// a plan without changes, and a plan file.
func TestBlocksAreSynced(t *testing.T) {
	fake := blockstest.New()
	fake.NoTypes = true
	startBlocks(t, fake)
	plan := runBlocks(t, nil, exit.OK, "plan", "--environment", "three", "--secrets-file", "secrets.json")
	checkContains(t, plan, "key: none\n", "plan for the store at http://127.0.0.1:", ", environment three\n",
		"create    db-password = DB_PASSWORD", "slack webhook → slack-webhook", "create    config = CONFIG",
		"note: the server runs Prefect 3.9.1\n", "TEAM_* → team-*", "PREFECT_API_AUTH_STRING")
	if calls := fake.Calls(faults.Match{Field: blockstest.Install}); len(calls) > 0 || len(fake.Names()) > 0 {
		t.Errorf("the plan changed the server: %+v", calls)
	}
	result := runBlocks(t, nil, exit.OK, "sync", "--environment", "three", "--secrets-file", "secrets.json")
	checkContains(t, result, "3 created", "3 of 3 values, read back under the writing key, equal to the source")
	for name, want := range map[string]string{
		"db-password": `"\"123456\""`, "slack-webhook": `"https://` + canary + `"`,
		"config": `"{\"password\":\"` + canary + `\",\"port\":1}"`, // text, because the API shows an object
	} {
		if got, _ := fake.Get(name); got != want {
			t.Errorf("%s is stored as %s, want %s", name, got, want)
		}
	}
	if diff := cmp.Diff("config\ndb-password\nslack-webhook\n", runBlocks(t, nil, exit.OK, "names", "--environment", "three")); diff != "" {
		t.Error(diff)
	}
	again := runBlocks(t, nil, exit.OK, "plan", "--environment", "three", "--secrets-file", "secrets.json", "--detailed-exitcode", "--plan-file", "plan.json")
	checkContains(t, again, "0 to create, 0 to overwrite, 3 unchanged")
	if text := readFile(t, "plan.json"); strings.Contains(text, canary) || strings.Contains(text, "123456") {
		t.Errorf("the plan file has a value: %s", text)
	}
	checkContains(t, runBlocks(t, nil, exit.OK, "plan", "--environment", "three", "--secrets-file", "secrets.json", "--format", "json"), "/api\",\n  \"environment\": \"three\",\n")
	fake.Set("db-password", `"other"`)
	runBlocks(t, nil, exit.Pending, "plan", "--environment", "three", "--secrets-file", "secrets.json", "--detailed-exitcode")
	reviewed := runBlocks(t, nil, exit.OK, "sync", "--environment", "three", "--secrets-file", "secrets.json", "--plan-file", "plan.json")
	checkContains(t, reviewed, "1 overwritten", "2 unchanged")
	if got, _ := fake.Get("db-password"); got != `"\"123456\""` {
		t.Errorf("a name that was reviewed as unchanged is stored as %s", got)
	}
}

func TestBlocksForFlowsThatDoNotParse(t *testing.T) {
	fake := blockstest.New()
	startBlocks(t, fake)
	runBlocks(t, nil, exit.OK, "sync", "--environment", "two", "--secrets-file", "secrets.json")
	if got, _ := fake.Get("db-password"); got != `"123456"` {
		t.Errorf("stored as %s", got)
	}
	out := runBlocks(t, nil, exit.Usage, "plan", "--environment", "two", "--secrets-file", "secrets.json", "--format-of", "config=json", "--name", "config=CONFIG")
	checkContains(t, out, `"config", from CONFIG in secrets.json: format is json, but flows get a string from this store, so they cannot get an object`)
}

// TestBlocksArePruned deletes only with --prune-unowned, and says what that may break.
func TestBlocksArePruned(t *testing.T) {
	fake := blockstest.New()
	fake.Set("team-old", `"x"`)
	fake.Set("other", `"x"`)
	startBlocks(t, fake)
	args := []string{"sync", "--environment", "three", "--secrets-file", "secrets.json"}
	out := runBlocks(t, nil, exit.OK, args...)
	checkContains(t, out, "not deleted: the store does not know who wrote it (--prune-unowned)")
	out = runBlocks(t, nil, exit.OK, append(args, "--prune-unowned")...)
	checkContains(t, out, "a deployment that names a deleted block")
	if diff := cmp.Diff([]string{"config", "db-password", "other", "slack-webhook"}, fake.Names()); diff != "" {
		t.Error(diff)
	}
}

// TestBlocksOfAKeyThatMayNotRead makes no claim about values.
func TestBlocksOfAKeyThatMayNotRead(t *testing.T) {
	fake := blockstest.New()
	fake.HidesValues = true
	startBlocks(t, fake)
	args := []string{"sync", "--environment", "three", "--secrets-file", "secrets.json"}
	runBlocks(t, nil, exit.OK, args...)
	out := runBlocks(t, nil, exit.OK, args...)
	if strings.Contains(out, "read back") || strings.Contains(out, "refused a value") || !strings.Contains(out, "3 overwritten") {
		t.Error(out)
	}
}

// TestUntrustedRunsReadNoBlocks plans in a run for a fork.
func TestUntrustedRunsReadNoBlocks(t *testing.T) {
	fake := blockstest.New()
	fake.Set("db-password", `"\"123456\""`)
	startBlocks(t, fake)
	event := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(event, []byte(`{"pull_request": {"head": {"repo": {"full_name": "a/fork"}}, "base": {"repo": {"full_name": "a/b"}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=pull_request", "GITHUB_EVENT_PATH=" + event, "GITHUB_REPOSITORY=a/b", "GITHUB_ACTOR=x",
	}
	out := runBlocks(t, env, exit.OK, "plan", "--environment", "three", "--secrets-file", "secrets.json")
	checkContains(t, out, "overwrite db-password")
	if calls := fake.Calls(faults.Match{Field: blockstest.Values}); len(calls) > 0 {
		t.Errorf("it read values: %+v", calls)
	}
}

// TestKeysOfBlocks has each way to give a key, and what the server must get.
func TestKeysOfBlocks(t *testing.T) {
	const basic, bearer = "Basic YWRtaW46cHc=", "Bearer pnu_x" // admin:pw
	tests := []struct {
		env    []string
		header string
		code   int
		want   string
	}{
		{[]string{"PREFECT_API_AUTH_STRING=admin:pw"}, basic, exit.OK, "key: from PREFECT_API_AUTH_STRING\n"},
		{[]string{"PREFECT_SECRETS_API_KEY=admin:pw", "PREFECT_API_KEY=pnu_y"}, basic, exit.OK, "key: from PREFECT_SECRETS_API_KEY; PREFECT_API_KEY differs and is ignored"},
		{[]string{"PREFECT_API_KEY=pnu_x"}, bearer, exit.OK, "key: from PREFECT_API_KEY\n"},
		{[]string{"PREFECT__CLOUD__API_KEY=pnu_x"}, bearer, exit.Usage, "requires a key: set PREFECT_API_AUTH_STRING"},
		{[]string{"PREFECT_SECRETS_API_KEY=pfs_" + canary}, "", exit.Usage, "PREFECT_SECRETS_API_KEY: it is a key of prefect-secrets serve (pfs_), which is not sent to Prefect 2 or 3"},
		{[]string{"PREFECT_API_KEY=pfs_" + canary}, "", exit.OK, "key: none; PREFECT_API_KEY is ignored: it is a key of prefect-secrets serve (pfs_), which is not sent to Prefect 2 or 3\n"},
		{[]string{"PREFECT_SECRETS_API_KEY=pfs_" + canary, "PREFECT_API_KEY=pnu_x"}, bearer, exit.OK, "key: from PREFECT_API_KEY; PREFECT_SECRETS_API_KEY is ignored: it is a key of prefect-secrets serve (pfs_), which is not sent to Prefect 2 or 3\n"},
		{[]string{"PREFECT_SECRETS_API_KEY=pfs_" + canary, "PREFECT_API_KEY=pnu_x", "PREFECT_API_AUTH_STRING=admin:pw"}, basic, exit.OK, "; PREFECT_API_KEY differs and is ignored\n"},
		{[]string{"PREFECT_SECRETS_API_KEY=X=pfs_" + canary}, "", exit.Usage, "which is not sent to Prefect 2 or 3: set this store's own key there, or leave the variable empty\n"},
		{[]string{"PREFECT_API_AUTH_STRING=admin:pfs_" + canary, "PREFECT_API_KEY= pnu_x\r\n"}, bearer, exit.OK, "key: from PREFECT_API_KEY; PREFECT_API_AUTH_STRING differs and is ignored\n"},
		{[]string{"PREFECT_SECRETS_API_KEY=pw"}, "Basic cHc=", exit.OK, "key: from PREFECT_SECRETS_API_KEY\n"}, // as PREFECT_SERVER_API_AUTH_STRING=pw
		{[]string{"PREFECT_SECRETS_API_KEY=pnu_x"}, bearer, exit.OK, "key: from PREFECT_SECRETS_API_KEY\n"},
		{[]string{"PREFECT_API_KEY=token"}, "Bearer token", exit.OK, "key: from PREFECT_API_KEY\n"},
		{[]string{"PREFECT_SECRETS_API_KEY=admin:" + canary + "\n" + canary}, "", exit.Usage, "PREFECT_SECRETS_API_KEY: the auth string contains a control character"},
		{
			[]string{"PREFECT_API_AUTH_STRING=admin:pfs_" + canary, "PREFECT_API_KEY=pfs_" + canary}, "", exit.Usage,
			"PREFECT_API_AUTH_STRING: it is a key of prefect-secrets serve (pfs_), which is not sent to Prefect 2 or 3: set this store's own key there, or leave the variable empty",
		},
		{[]string{"PREFECT_API_AUTH_STRING=admin:" + canary}, basic, exit.Refused, "does not accept the key from PREFECT_API_AUTH_STRING"},
	}
	for _, tt := range tests {
		fake := blockstest.New()
		fake.Authorization = tt.header
		startBlocks(t, fake)
		checkContains(t, runBlocks(t, tt.env, tt.code, "plan", "--environment", "three", "--secrets-file", "secrets.json"), tt.want)
	}
}

// TestKeysOfAServerAreNoSecrets keeps a server's own key out of both kinds of store.
func TestKeysOfAServerAreNoSecrets(t *testing.T) {
	fake := blockstest.New()
	startBlocks(t, fake)
	if err := os.WriteFile("secrets.json", []byte(`{"SLACK_URL": "x", "OTHER": "admin:pw"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"PREFECT_API_AUTH_STRING=admin:pw"}
	for _, args := range [][]string{{"--environment", "three"}, {"--api-url", "embedded", "--tenant", "data", "--overwrite", "any"}} {
		out := runBlocks(t, env, exit.OK, append([]string{"plan", "--secrets-file", "secrets.json"}, args...)...)
		checkContains(t, out, "its value is the API key of this run")
	}
}

// TestBlocksHaveNoTenant has a plan that is refused, and one that no longer fits. Both say
// nothing about a tenant.
func TestBlocksHaveNoTenant(t *testing.T) {
	fake := blockstest.New()
	startBlocks(t, fake)
	fake.Set("team-a", `"x"`)
	plan := []string{"plan", "--environment", "three", "--secrets-file", "secrets.json", "--prune-unowned"}
	for _, format := range []string{"text", "markdown"} {
		out := runBlocks(t, nil, exit.Usage, append(plan, "--max-deletes", "0", "--format", format)...)
		checkContains(t, out, "oo many names would be deleted: 1, but max-deletes allows 0")
		if strings.Contains(out, "tenant") || format == "markdown" && !strings.Contains(out, "**The store failed:**") {
			t.Errorf("%s:\n%s", format, out)
		}
	}
	runBlocks(t, nil, exit.OK, append(plan, "--plan-file", "plan.json")...)
	fake.Delete("team-a")
	r := runCommand(t, nil, "", "sync", "--environment", "three", "--secrets-file", "secrets.json", "--plan-file", "plan.json")
	want := `the plan file no longer fits, plan again: "team-a": delete was reviewed, but nothing is planned now`
	if r.code != exit.Usage || !strings.Contains(r.stderr, want) || strings.Contains(r.stderr, "tenant") {
		t.Errorf("exit code %d, %s", r.code, r.stderr)
	}
}

// TestOptionsThatBlocksDoNotHave refuses them before a request.
func TestOptionsThatBlocksDoNotHave(t *testing.T) {
	fake := blockstest.New()
	url := startBlocks(t, fake)
	const kind = ` does not apply to a store of kind "blocks"`
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--tenant", "data"}, "--tenant" + kind + ": each workspace has its own api-url"},
		{[]string{"--dialect", "snake"}, "--dialect" + kind + ": leave it out"},
		{[]string{"--verify-key-file", "f"}, "--verify-key-file" + kind + ": the key that writes also reads values back"},
		{[]string{"--store-key-file", "f"}, "--store-key-file" + kind + ": it is for embedded:PATH, which keeps no blocks"},
		{[]string{"--overwrite", "owned"}, `--overwrite owned: the store is of kind "blocks": blocks have no owner: leave it out, or use any`},
		{[]string{"--api-url", "embedded"}, "--api-url: Secret blocks cannot be embedded: use the URL of a server"},
		{[]string{"--api-url", "embedded:a.db"}, "--api-url: Secret blocks cannot be embedded"},
		{[]string{"--api-url", strings.TrimSuffix(url, "/api")}, ": use " + url},
		{[]string{"--api-url", "http://prefect.example.com/api"}, "or pass --allow-http"},
		{[]string{"--api-url", "https://api.prefect.cloud/api"}, "no API key"},
		{[]string{"--exclude", "SLACK_URL"}, `"slack webhook" is required, but exclude "SLACK_URL" removes its source`},
		{[]string{"--name", "Config=SLACK_URL"}, `"config" has two sources, CONFIG in secrets.json and SLACK_URL in secrets.json`},
		{[]string{"--prune-scope", "ü*"}, `prune scope "ü*": a block's name has only lower-case letters`},
	} {
		r := runCommand(t, nil, "", append([]string{"plan", "--environment", "three", "--secrets-file", "secrets.json"}, tt.args...)...)
		if r.code == exit.OK || !strings.Contains(r.stderr, tt.want) {
			t.Errorf("%q: exit code %d, %s, want %s", tt.args, r.code, r.stderr, tt.want)
		}
	}
	if calls := fake.Calls(faults.Match{Field: blockstest.List}); len(calls) > 0 {
		t.Errorf("the server was asked: %+v", calls)
	}
}

// TestCommandsThatDoNotWriteBlocks has blocks at the top, and in an environment.
func TestCommandsThatDoNotWriteBlocks(t *testing.T) {
	fake := blockstest.New()
	fake.Set("a", `"x"`)
	url := startBlocks(t, fake)
	settings := fmt.Sprintf("store = \"blocks\"\nreader = \"3\"\napi-url = %q\n", url)
	for text, environment := range map[string][]string{settings: nil, "[environments.three]\n" + settings: {"--environment", "three"}} {
		if err := os.WriteFile("prefect-secrets.toml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"set", "a"}, {"delete", "a"}} {
			r := runCommand(t, nil, "value", append(args, environment...)...)
			if want := `set and delete do not write to a store of kind "blocks", which the manifest names: use sync`; r.code != exit.Usage || !strings.Contains(r.stderr, want) {
				t.Errorf("%q: exit code %d, %s", args, r.code, r.stderr)
			}
		}
		if got, _ := fake.Get("a"); got != `"x"` || !slices.Equal(fake.Names(), []string{"a"}) {
			t.Errorf("the server has %q", fake.Names())
		}
		checkContains(t, runBlocks(t, nil, exit.OK, append([]string{"names"}, environment...)...), "a\n")
	}
}

// TestTheVariableOfTheOldStoreGetsNoKeyOfBlocks exports the URL of the old store for the
// whole job, as README has it.
func TestTheVariableOfTheOldStoreGetsNoKeyOfBlocks(t *testing.T) {
	startBlocks(t, blockstest.New())
	var asked atomic.Int32
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.NotFound(w, r)
	}))
	t.Cleanup(old.Close)
	env := []string{"PREFECT_SECRETS_API_URL=" + old.URL, "PREFECT_API_AUTH_STRING=admin:" + canary}
	for _, args := range [][]string{{"plan", "--secrets-file", "secrets.json"}, {"sync", "--secrets-file", "secrets.json"}, {"names"}} {
		out := runBlocks(t, env, exit.OK, append(args, "--environment", "three")...)
		checkContains(t, out, "from the manifest; PREFECT_SECRETS_API_URL differs and is ignored")
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the old store was asked %d times", n)
	}
	r := runCommand(t, env, "", "names", "--environment", "three", "--api-url", old.URL)
	if r.code == exit.OK || asked.Load() == 0 {
		t.Errorf("--api-url did not win: exit code %d: %s", r.code, r.stderr)
	}
}
