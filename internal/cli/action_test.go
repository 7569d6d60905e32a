package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
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
		"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=o/r", "GITHUB_ACTOR=someone", "GITHUB_EVENT_NAME=push",
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
	w.env = append(w.env, "GITHUB_EVENT_NAME=pull_request")
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
			"KEY": multiline, "SHORT": "ab", "EMPTY": "", "PREFECT_SECRETS_API_KEY": server.AdminKey, "github_token": canary + "-token", "LEFT_OUT": canary,
		}),
		"exclude": "LEFT_*\nNOTHING", "config-files": "", "include": "", "comment": "false", "mode": "",
	})
	w.env = append(w.env, "INPUT_CONFIG-FILES="+w.write(t, "warn.toml", "[context.secrets]\nA = \""+canary+"\"\n"))
	r := runCommand(t, w.env, "", "action")
	if r.code != exit.OK {
		t.Fatalf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if diff := cmp.Diff([]string{"KEY", "SHORT"}, server.names(t)); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"status": "success", "changed": "true", "created-count": "2", "overwritten-count": "0", "unchanged-count": "0",
		"skipped-count": "4", "failed-count": "0", "deleted-count": "0", "deleted-names": "[]", "plan-file": "", "sarif-file": "", "created-names": `["KEY","SHORT"]`, "overwritten-names": "[]",
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
		{"misspelt input", map[string]string{"api-ulr": "x"}, exit.Usage, `unknown input "api-ulr": did you mean "api-url"?`},
		{"unknown mode", map[string]string{"mode": "write"}, exit.Usage, `input mode: "write"`},
		{"no URL", map[string]string{"api-url": ""}, exit.Usage, "input api-url is missing"},
		{"no key", map[string]string{"api-key": ""}, exit.Usage, "no API key"},
		{"wrong key", map[string]string{"api-key": "wrong-key"}, exit.Refused, "the API key was not accepted"},
		{"no secrets", map[string]string{"secrets": ""}, exit.Usage, "give the input secrets"},
		{"broken secrets", map[string]string{"secrets": `{"A": "` + canary}, exit.Usage, "input secrets:1:"},
		{"no boolean", map[string]string{"comment": "maybe"}, exit.Usage, "input comment: expected true or false"},
		{"no duration", map[string]string{"timeout": "soon"}, exit.Usage, "input timeout: expected a duration"},
		{"only GitHub's token", map[string]string{"secrets": `{"github_token": "` + canary + `"}`}, exit.Usage, "the source holds no secrets"},
		{"bad config", map[string]string{"config-files": "CONFIG"}, exit.Usage, "the configs have errors; nothing was written"},
		{"another host in the manifest", map[string]string{"manifest": "MANIFEST"}, exit.Usage, "names another host"},
		{"bad manifest", map[string]string{"manifest": "BROKEN"}, exit.Usage, "::error col=9,endColumn=21,endLine=1,"},
		{"check", map[string]string{"mode": "check", "config-files": "CONFIG"}, exit.Failed, "::error "},
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

func TestActionMasksWhatIsNoInput(t *testing.T) {
	server := startServer(t)
	w := newWorkspace(t, map[string]string{"api-url": server.URL, "mode": "plan"})
	file := w.write(t, "secrets.json", secretsJSON(t, map[string]string{"A": canary, "OLD_KEY": server.AdminKey + "\n"}))
	w.env = append(w.env, "INPUT_SECRETS-FILE="+file, "PREFECT_SECRETS_API_KEY="+server.AdminKey)
	r := runCommand(t, w.env, "", "action")
	for _, value := range []string{canary, server.AdminKey} {
		if !strings.Contains(r.stdout, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
	}
	if r.code != exit.OK || !strings.Contains(r.stdout, "::warning::OLD_KEY was left out: its value is the API key") {
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
	if r.code != exit.Partly || !strings.Contains(r.stdout, "::error::1 secrets were written, and the report was not") {
		t.Errorf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if outputs := w.outputs(t); outputs["status"] != "partial" || outputs["created-count"] != "1" {
		t.Errorf("outputs: %v", outputs)
	}
}
