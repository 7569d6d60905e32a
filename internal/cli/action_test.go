package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/cli"
)

const canary = "CANARY9d41"

// workspace is a runner's files and environment around one run of the Action.
type workspace struct {
	dir string
	env []string
}

func newWorkspace(t *testing.T, inputs map[string]string) *workspace {
	t.Helper()
	w := &workspace{dir: t.TempDir()}
	w.env = []string{
		"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=o/r", "GITHUB_ACTOR=someone",
		"GITHUB_OUTPUT=" + w.path("output"), "GITHUB_STEP_SUMMARY=" + w.path("summary"), "GITHUB_EVENT_PATH=" + w.path("event.json"),
	}
	for name, value := range inputs {
		w.env = append(w.env, "INPUT_"+strings.ToUpper(name)+"="+value)
	}
	return w
}

func (w *workspace) path(name string) string { return filepath.Join(w.dir, name) }

func (w *workspace) write(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return w.path(name)
}

func (w *workspace) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(w.path(name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

var outputForm = regexp.MustCompile(`(?m)^([a-z-]+)<<(\S+)\n(.*)\n(\S+)$`)

func (w *workspace) outputs(t *testing.T) map[string]string {
	t.Helper()
	outputs := map[string]string{}
	for _, m := range outputForm.FindAllStringSubmatch(w.read(t, "output"), -1) {
		outputs[m[1]] = m[3]
	}
	return outputs
}

func (w *workspace) pullRequest(t *testing.T, head string) {
	t.Helper()
	w.write(t, "event.json", `{"pull_request": {"number": 7, "head": {"repo": {"full_name": "`+head+`"}}}}`)
}

func secretsJSON(t *testing.T, secrets map[string]string) string {
	t.Helper()
	data, err := json.MarshalIndent(secrets, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// unmasked is what a run printed but for its masks.
func unmasked(stdout string) string {
	return regexp.MustCompile(`(?m)^::add-mask::.*$`).ReplaceAllString(stdout, "")
}

func TestActionSyncs(t *testing.T) {
	server := startServer(t)
	multiline := canary + "-first\nsecond-" + canary + "\n%41 \"" + canary + "\""
	w := newWorkspace(t, map[string]string{
		"api-url": server.URL, "api-key": server.AdminKey,
		"secrets": secretsJSON(t, map[string]string{
			"KEY": multiline, "SHORT": "ab", "EMPTY": "", "PREFECT_API_KEY": server.AdminKey, "github_token": canary + "-token", "LEFT_OUT": canary,
		}),
		"exclude": "LEFT_*\nNOTHING", "config-files": "", "include": "", "comment": "false", "mode": "",
	})
	w.env = append(w.env, "INPUT_CONFIG-FILES="+w.write(t, "warn.toml", "[context.secrets]\nA = \""+canary+"\"\n"))
	r := runCommand(t, w.env, "", "action")
	if r.code != cli.ExitOK {
		t.Fatalf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if diff := cmp.Diff([]string{"KEY", "SHORT"}, server.names(t)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"status": "success", "changed": "true", "created-count": "2", "overwritten-count": "0", "unchanged-count": "0",
		"skipped-count": "4", "failed-count": "0", "deleted-count": "0", "deleted-names": "[]", "plan-file": "", "created-names": `["KEY","SHORT"]`, "overwritten-names": "[]",
		"failed-names": "[]", "error-count": "0", "warning-count": "1",
	}
	if diff := cmp.Diff(want, w.outputs(t)); diff != "" {
		t.Error(diff)
	}
	if summary := w.read(t, "summary"); !strings.Contains(summary, "| created | KEY |") || !strings.Contains(summary, "plaintext-secret") {
		t.Errorf("the summary is %s", summary)
	}
	for _, mask := range []string{
		"::add-mask::" + server.AdminKey + "\n", "::add-mask::" + canary + "-first\n", "::add-mask::second-" + canary + "\n",
		"::add-mask::" + canary + "-first%0Asecond-" + canary + "%0A%2541 \"" + canary + "\"\n",
	} {
		if !strings.Contains(r.stdout, mask) {
			t.Error("a mask is missing")
		}
	}
	if first, last := strings.Index(unmasked(r.stdout), "::"), strings.LastIndex(r.stdout, "::add-mask::"); strings.Contains(r.stdout[:last], "::warning") {
		t.Errorf("something was printed between the masks (%d, %d)", first, last)
	}
	if strings.Contains(r.stdout, "::add-mask::ab\n") || !strings.Contains(r.stdout, "SHORT is too short to be masked") {
		t.Error("a value of two characters was masked, or nothing was said of it")
	}
	if !strings.Contains(r.stdout, "::warning ") {
		t.Error("the finding in the config is not annotated")
	}
}

func TestActionErrors(t *testing.T) {
	server := startServer(t)
	secrets := secretsJSON(t, map[string]string{"A": canary})
	good := map[string]string{"api-url": server.URL, "api-key": server.AdminKey, "secrets": secrets}
	tests := []struct {
		name   string
		change map[string]string
		code   int
		says   string
	}{
		{"misspelt input", map[string]string{"api-ulr": "x"}, cli.ExitUsage, `unknown input "api-ulr": did you mean "api-url"?`},
		{"unknown mode", map[string]string{"mode": "write"}, cli.ExitUsage, `input mode: "write"`},
		{"no URL", map[string]string{"api-url": ""}, cli.ExitUsage, "input api-url is missing"},
		{"no key", map[string]string{"api-key": ""}, cli.ExitUsage, "no API key"},
		{"wrong key", map[string]string{"api-key": "wrong-key"}, cli.ExitRefused, "the API key was not accepted"},
		{"no secrets", map[string]string{"secrets": ""}, cli.ExitUsage, "give the input secrets"},
		{"broken secrets", map[string]string{"secrets": `{"A": "` + canary}, cli.ExitUsage, "input secrets:1:"},
		{"no boolean", map[string]string{"comment": "maybe"}, cli.ExitUsage, "input comment: true or false"},
		{"no duration", map[string]string{"timeout": "soon"}, cli.ExitUsage, "input timeout: a duration"},
		{"only GitHub's token", map[string]string{"secrets": `{"github_token": "` + canary + `"}`}, cli.ExitUsage, "the source holds no secrets"},
		{"bad config", map[string]string{"config-files": "CONFIG"}, cli.ExitUsage, "the configs have errors; nothing was written"},
		{"another host in the manifest", map[string]string{"manifest": "MANIFEST"}, cli.ExitUsage, "names another host"},
		{"bad manifest", map[string]string{"manifest": "BROKEN"}, cli.ExitUsage, "::error col=9,endColumn=21,endLine=1,"},
		{"check", map[string]string{"mode": "check", "config-files": "CONFIG"}, cli.ExitFailed, "::error "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorkspace(t, nil)
			w.write(t, "bad.toml", "[context.secrets]\nA = "+canary+"\n")
			w.write(t, "manifest.toml", "api-url = \"https://attacker.example.com\"\n")
			w.write(t, "broken.toml", "names = \""+canary+"\"\n")
			inputs := map[string]string{}
			for _, from := range []map[string]string{good, tt.change} {
				for name, value := range from {
					inputs[name] = value
				}
			}
			for name, value := range inputs {
				value = strings.NewReplacer("CONFIG", w.path("bad.toml"), "MANIFEST", w.path("manifest.toml"), "BROKEN", w.path("broken.toml")).Replace(value)
				w.env = append(w.env, "INPUT_"+strings.ToUpper(name)+"="+value)
			}
			r := runCommand(t, w.env, "", "action")
			shown := unmasked(r.stdout) + r.stderr
			if r.code != tt.code || !strings.Contains(shown, tt.says) {
				t.Errorf("exit code %d, want %d and %q; it printed:\n%s", r.code, tt.code, tt.says, shown)
			}
			if status := w.outputs(t)["status"]; status != "failed" {
				t.Errorf("status is %q", status)
			}
			if strings.Contains(shown+w.read(t, "output")+w.read(t, "summary"), canary) {
				t.Error("a value showed")
			}
		})
	}
	if names := server.names(t); len(names) != 0 {
		t.Errorf("something was written: %v", names)
	}
}

func TestActionSkipsAForkAndDependabot(t *testing.T) {
	tests := []struct {
		secrets, actor, head, config string
		code                         int
		status                       string
	}{
		{"", "someone", "stranger/r", "", cli.ExitOK, "skipped"},
		{`{"github_token": "t"}`, "someone", "stranger/r", "", cli.ExitOK, "skipped"},
		{`{"A": "", "github_token": "t"}`, "someone", "stranger/r", "a = 1\n", cli.ExitOK, "skipped"},
		{`{"github_token": "t"}`, "dependabot[bot]", "o/r", "", cli.ExitOK, "skipped"},
		{`{"github_token": "t"}`, "someone", "o/r", "", cli.ExitUsage, "failed"},
		{`{"github_token": "t"}`, "someone", "stranger/r", "a = \n", cli.ExitUsage, "failed"},
	}
	for _, tt := range tests {
		w := newWorkspace(t, map[string]string{"api-url": "https://secrets.example.com", "api-key": "k", "secrets": tt.secrets})
		w.env = append(w.env, "GITHUB_ACTOR="+tt.actor)
		w.pullRequest(t, tt.head)
		if tt.config != "" {
			w.env = append(w.env, "INPUT_CONFIG-FILES="+w.write(t, "config.toml", tt.config))
		}
		r := runCommand(t, w.env, "", "action")
		skipped := strings.Contains(r.stdout, "::notice::")
		if status := w.outputs(t)["status"]; r.code != tt.code || status != tt.status || skipped != (tt.status == "skipped") {
			t.Errorf("%+v: exit code %d, status %q, printed %s", tt, r.code, status, r.stdout)
		}
	}
}

func TestActionMasksWhatIsNoInput(t *testing.T) {
	server := startServer(t)
	w := newWorkspace(t, map[string]string{"api-url": server.URL, "mode": "plan"})
	file := w.write(t, "secrets.json", secretsJSON(t, map[string]string{"A": canary, "OLD_KEY": server.AdminKey + "\n"}))
	w.env = append(w.env, "INPUT_SECRETS-FILE="+file, "PREFECT_API_KEY="+server.AdminKey)
	r := runCommand(t, w.env, "", "action")
	for _, value := range []string{canary, server.AdminKey} {
		if !strings.Contains(r.stdout, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
	}
	if r.code != cli.ExitOK || !strings.Contains(r.stdout, "::warning::OLD_KEY was left out: its value is the API key") {
		t.Errorf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
}

func TestAReportThatCannotBeWrittenSaysWhatWasWritten(t *testing.T) {
	server := startServer(t)
	w := newWorkspace(t, map[string]string{
		"api-url": server.URL, "api-key": server.AdminKey, "secrets": secretsJSON(t, map[string]string{"A": canary}),
	})
	w.env = append(w.env, "GITHUB_STEP_SUMMARY="+w.path("no/such/summary"))
	r := runCommand(t, w.env, "", "action")
	if r.code != cli.ExitPartly || !strings.Contains(r.stdout, "::error::1 secrets were written, and the report was not") {
		t.Errorf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if outputs := w.outputs(t); outputs["status"] != "partial" || outputs["created-count"] != "1" {
		t.Errorf("outputs: %v", outputs)
	}
}

// fakeGitHub knows the comments of pull request 7 and nothing else.
type fakeGitHub struct {
	t        *testing.T
	comments []string
	calls    []string
}

func (g *fakeGitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.calls = append(g.calls, r.Method+" "+r.URL.Path)
	if r.Header.Get("Authorization") != "Bearer the-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var body struct{ Body string }
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			g.t.Error(err)
		}
	}
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/api/v3/repos/o/r/issues/7/comments":
		g.list(w, r)
	case r.Method == http.MethodPost && r.URL.Path == "/api/v3/repos/o/r/issues/7/comments":
		g.comments = append(g.comments, body.Body)
		fmt.Fprint(w, "{}")
	case r.Method == http.MethodPatch && strings.HasPrefix(r.URL.Path, "/api/v3/repos/o/r/issues/comments/"):
		var id int
		if _, err := fmt.Sscanf(r.URL.Path[len("/api/v3/repos/o/r/issues/comments/"):], "%d", &id); err != nil {
			g.t.Error(err)
		}
		g.comments[id-1] = body.Body
		fmt.Fprint(w, "{}")
	default:
		g.t.Errorf("GitHub was asked for %s %s", r.Method, r.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}
}

// list gives two comments a page.
func (g *fakeGitHub) list(w http.ResponseWriter, r *http.Request) {
	page := 1
	if _, err := fmt.Sscanf(r.URL.Query().Get("page"), "%d", &page); err != nil {
		page = 1
	}
	type comment struct {
		ID   int    `json:"id"`
		Body string `json:"body"`
	}
	comments := []comment{}
	for i := (page - 1) * 2; i < min(page*2, len(g.comments)); i++ {
		comments = append(comments, comment{i + 1, g.comments[i]})
	}
	if page*2 < len(g.comments) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, r.Host, r.URL.Path, page+1))
	}
	if err := json.NewEncoder(w).Encode(comments); err != nil {
		g.t.Error(err)
	}
}

func TestActionKeepsOneComment(t *testing.T) {
	store := startServer(t)
	gh := &fakeGitHub{t: t, comments: []string{"first", "second", "third"}}
	server := httptest.NewServer(gh)
	defer server.Close()
	run := func(token string, secrets map[string]string) (result, *workspace) {
		w := newWorkspace(t, map[string]string{
			"mode": "plan", "comment": "TRUE", "github-token": token, "api-url": store.URL, "api-key": store.AdminKey, "secrets": secretsJSON(t, secrets),
		})
		w.env = append(w.env, "GITHUB_API_URL="+server.URL+"/api/v3")
		w.pullRequest(t, "o/r")
		return runCommand(t, w.env, "", "action"), w
	}
	for i, name := range []string{"FIRST", "SECOND"} {
		r, w := run("the-token", map[string]string{name: canary})
		if r.code != cli.ExitOK || w.outputs(t)["status"] != "success" {
			t.Fatalf("exit code %d: %s", r.code, unmasked(r.stdout))
		}
		if len(gh.comments) != 4 || !strings.Contains(gh.comments[3], "| create | "+name+" |") {
			t.Fatalf("after run %d there are %d comments, the last: %s", i+1, len(gh.comments), gh.comments[len(gh.comments)-1])
		}
	}
	wantCalls := []string{"GET", "GET", "POST", "GET", "GET", "PATCH"}
	for i, call := range gh.calls {
		if !strings.HasPrefix(call, wantCalls[i]+" ") {
			t.Errorf("calls: %v", gh.calls)
			break
		}
	}
	if strings.Contains(strings.Join(gh.comments, ""), canary) {
		t.Error("the comment shows a value")
	}
	if names := store.names(t); len(names) != 0 {
		t.Errorf("plan wrote %v", names)
	}
	for token, says := range map[string]string{"other": "did not accept the token", "": "needs the input github-token"} {
		r, w := run(token, map[string]string{"A": canary})
		if r.code != cli.ExitFailed || w.outputs(t)["status"] != "failed" || !strings.Contains(r.stdout, says) {
			t.Errorf("token %q: exit code %d: %s", token, r.code, unmasked(r.stdout))
		}
	}
}

func TestActionMetadata(t *testing.T) {
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	inputs, rest, _ := strings.Cut(text[strings.Index(text, "\ninputs:")+1:], "\noutputs:")
	outputs, _, _ := strings.Cut(rest, "\nruns:")
	w := newWorkspace(t, map[string]string{"mode": "check", "config-files": "../../fixtures/config/local.toml"})
	if r := runCommand(t, w.env, "", "action"); r.code != cli.ExitOK {
		t.Fatalf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	var set []string
	for name := range w.outputs(t) {
		set = append(set, name)
	}
	slices.Sort(set)
	described := keysOf(outputs)
	slices.Sort(described)
	if diff := cmp.Diff(described, set); diff != "" {
		t.Errorf("outputs of action.yml (-) and of a run (+): %s", diff)
	}
	if diff := cmp.Diff(keysOf(inputs), actions.InputNames); diff != "" {
		t.Errorf("inputs of action.yml (-) and of the code (+): %s", diff)
	}
}

var yamlKey = regexp.MustCompile(`(?m)^  ([a-z-]+):$`)

func keysOf(section string) []string {
	var keys []string
	for _, m := range yamlKey.FindAllStringSubmatch(section, -1) {
		keys = append(keys, m[1])
	}
	return keys
}
