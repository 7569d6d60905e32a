package actions_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func TestActionSyncs(t *testing.T) {
	fake, url := startFake(t)
	multiline := canary + "-first\nsecond-" + canary + "\n%41 \"" + canary + "\""
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey,
		"secrets": secretsJSON(t, map[string]string{
			"KEY": multiline, "SHORT": "ab", "EMPTY": "", "PREFECT_SECRETS_API_KEY": testkit.AdminKey,
			"github_token": canary + "-token", "LEFT_OUT": canary,
		}),
		"exclude": "LEFT_*\nNOTHING", "config-files": "", "include": "", "comment": "false", "mode": "",
	})
	w.Env = append(w.Env,
		"INPUT_CONFIG-FILES="+w.Write(t, "warn.toml", "[context.secrets]\nA = \""+canary+"\"\n"))
	r := runAction(t, w.Env)
	if r.code != exit.OK {
		t.Fatalf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	if diff := cmp.Diff([]string{"KEY", "SHORT"}, fake.Names()); diff != "" {
		t.Error(diff)
	}
	want := map[string]string{
		"status": "success", "changed": "true", "created-count": "2", "overwritten-count": "0",
		"unchanged-count": "0", "skipped-count": "4", "failed-count": "0", "deleted-count": "0",
		"deleted-names": "[]", "plan-file": "", "sarif-file": "", "created-names": `["KEY","SHORT"]`,
		"overwritten-names": "[]", "failed-names": "[]", "error-count": "0", "warning-count": "1", "note-count": "0",
	}
	if diff := cmp.Diff(want, w.Outputs(t)); diff != "" {
		t.Error(diff)
	}
	summary := w.Read(t, "summary")
	if !strings.Contains(summary, "| `+`\u00a0created | `KEY` |") || !strings.Contains(summary, "plaintext-secret") {
		t.Errorf("the summary is %s", summary)
	}
	for _, mask := range []string{
		"::add-mask::" + testkit.AdminKey + "\n", "::add-mask::" + canary + "-first\n",
		"::add-mask::second-" + canary + "\n",
		"::add-mask::" + canary + "-first%0Asecond-" + canary + "%0A%2541 \"" + canary + "\"\n",
	} {
		if !strings.Contains(r.stdout, mask) {
			t.Error("a mask is missing")
		}
	}
	if last := strings.LastIndex(r.stdout, "::add-mask::"); strings.Contains(r.stdout[:last], "::warning") {
		t.Errorf("a warning was printed before the last mask, at %d", last)
	}
	if strings.Contains(r.stdout, "::add-mask::ab\n") || !strings.Contains(r.stdout, "SHORT is too short to be masked") {
		t.Error("a value of two characters was masked, or there was no warning about it")
	}
	if !strings.Contains(r.stdout, "::warning ") {
		t.Error("the finding in the config is not annotated")
	}
}

func TestActionErrors(t *testing.T) {
	fake, url := startFake(t)
	secrets := secretsJSON(t, map[string]string{"A": canary})
	good := map[string]string{"api-url": url, "api-key": testkit.AdminKey, "secrets": secrets}
	tests := []struct {
		name   string
		change map[string]string
		code   int
		want   string
	}{
		{
			"misspelt input", map[string]string{"api-ulr": "x"}, exit.Usage,
			`unknown input "api-ulr": did you mean "api-url"?`,
		},
		{"unknown mode", map[string]string{"mode": "write"}, exit.Usage, `input mode: invalid "write"`},
		{"no URL", map[string]string{"api-url": ""}, exit.Usage, "input api-url is missing"},
		{"no key", map[string]string{"api-key": ""}, exit.Usage, "no API key"},
		{
			"wrong key", map[string]string{"api-key": "wrong-key"}, exit.Refused,
			"does not accept the key from the input api-key: it is wrong, expired, revoked",
		},
		{"no secrets", map[string]string{"secrets": ""}, exit.Usage, "pass the input secrets"},
		{"broken secrets", map[string]string{"secrets": `{"A": "` + canary}, exit.Usage, "input secrets:1:"},
		{
			"no boolean", map[string]string{"comment": "maybe"}, exit.Usage,
			"input comment: expected true or false",
		},
		{
			"no duration", map[string]string{"timeout": "soon"}, exit.Usage,
			"expected a number with its unit",
		},
		{
			"only GitHub's token", map[string]string{"secrets": `{"github_token": "` + canary + `"}`},
			exit.Usage, "no secrets were passed in",
		},
		{
			"bad config", map[string]string{"config-files": "CONFIG"}, exit.Usage,
			"the configs have errors; nothing was written",
		},
		{
			"another host in the manifest", map[string]string{"manifest": "MANIFEST"}, exit.Usage,
			"names another host",
		},
		{
			"bad manifest", map[string]string{"manifest": "BROKEN"}, exit.Usage,
			"::error col=9,endColumn=21,endLine=1,",
		},
		{"check", map[string]string{"mode": "check", "config-files": "CONFIG"}, exit.Failed, "::error "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := githubtest.NewWorkspace(t, nil)
			w.Write(t, "bad.toml", "[context.secrets]\nA = "+canary+"\n")
			w.Write(t, "manifest.toml", "api-url = \"https://attacker.example.com\"\n")
			w.Write(t, "broken.toml", "names = \""+canary+"\"\n")
			paths := strings.NewReplacer(
				"CONFIG", w.Path("bad.toml"), "MANIFEST", w.Path("manifest.toml"), "BROKEN", w.Path("broken.toml"),
			)
			inputs := maps.Clone(good)
			maps.Copy(inputs, tt.change)
			for name, value := range inputs {
				w.Env = append(w.Env, "INPUT_"+strings.ToUpper(name)+"="+paths.Replace(value))
			}
			r := runAction(t, w.Env)
			printed := githubtest.Unmasked(r.stdout) + r.stderr
			if r.code != tt.code || !strings.Contains(printed, tt.want) {
				t.Errorf("exit code %d, want %d and %q; it printed:\n%s", r.code, tt.code, tt.want, printed)
			}
			if status := w.Outputs(t)["status"]; status != "failed" {
				t.Errorf("status is %q", status)
			}
			if strings.Contains(printed+w.Read(t, "output")+w.Read(t, "summary"), canary) {
				t.Error("a value showed")
			}
		})
	}
	if names := fake.Names(); len(names) != 0 {
		t.Errorf("something was written: %v", names)
	}
}

func TestActionMasksWhatIsNoInput(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{"api-url": url, "mode": "plan"})
	file := w.Write(t, "secrets.json",
		secretsJSON(t, map[string]string{"A": canary, "OLD_KEY": testkit.AdminKey + "\n"}))
	w.Env = append(w.Env, "INPUT_SECRETS-FILE="+file, "PREFECT_SECRETS_API_KEY="+testkit.AdminKey)
	r := runAction(t, w.Env)
	for _, value := range []string{canary, testkit.AdminKey} {
		if !strings.Contains(r.stdout, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
	}
	if r.code != exit.OK || !strings.Contains(r.stdout, "::warning title=prefect-secrets::OLD_KEY was left out: its value is the API key") {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
}

func TestAReportThatCannotBeWrittenSaysWhatWasWritten(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey,
		"secrets": secretsJSON(t, map[string]string{"A": canary}),
	})
	w.Env = append(w.Env, "GITHUB_STEP_SUMMARY="+w.Path("no/such/summary"))
	r := runAction(t, w.Env)
	if r.code != exit.Partly || !strings.Contains(r.stdout, "::error title=prefect-secrets::1 secrets were written, but the report was not") {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	if outputs := w.Outputs(t); outputs["status"] != "partial" || outputs["created-count"] != "1" {
		t.Errorf("outputs: %v", outputs)
	}
}
