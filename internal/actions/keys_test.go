package actions_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// The strings and numbers in typed values of a file are masked. true and false are not:
// a mask of them would hide outputs.
func TestActionMasksTypedValues(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{"api-url": url, "api-key": testkit.AdminKey})
	const secrets = `{"OBJECT": {"a": {"password": "` + canary + `-1"}}, "LIST": ["` + canary +
		`-2-0123456789"], ` +
		`"PIN": 4111111111111111, "SHORT": 12, "FLAG": true, "SMALL": ["ab", "cd"]}`
	w.Env = append(w.Env, "INPUT_SECRETS-FILE="+w.Write(t, "secrets.json", secrets))
	r := runAction(t, w.Env)
	for _, value := range []string{canary + "-1", canary + "-2-0123456789", "4111111111111111"} {
		if !strings.Contains(r.stdout, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
		if strings.Contains(githubtest.Unmasked(r.stdout)+w.Read(t, "output")+w.Read(t, "summary"), value) {
			t.Error("a value showed")
		}
	}
	if strings.Contains(r.stdout, "::add-mask::true") ||
		!strings.Contains(r.stdout, "SHORT is too short to be masked") ||
		strings.Contains(r.stdout, "SMALL is too short") {
		t.Errorf("the masks are wrong: %s", githubtest.Unmasked(r.stdout))
	}
	outputs := w.Outputs(t)
	if r.code != exit.OK || outputs["created-count"] != "6" ||
		!strings.Contains(w.Read(t, "summary"), "Object with 1 key.") {
		t.Errorf("exit code %d, outputs %v", r.code, outputs)
	}
}

func TestActionMasksAllKeys(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"api-url": url, "api-key": testkit.AdminKey, "mode": "plan",
		"secrets": secretsJSON(t, map[string]string{"A": "x-" + canary}),
	})
	w.Env = append(w.Env, "PREFECT_SECRETS_API_KEY="+canary+"-one",
		"PREFECT__CLOUD__API_KEY="+canary+"-two", "PREFECT_API_KEY=pnu_"+canary)
	before, _, connected := strings.Cut(runAction(t, w.Env).stdout, "key: from")
	for _, value := range []string{testkit.AdminKey, canary + "-one", canary + "-two", "pnu_" + canary} {
		if !connected || !strings.Contains(before, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
	}
}

// The keys in all three variables are omitted from the plan, whichever is used.
func TestActionKeepsAllKeysOut(t *testing.T) {
	_, url := startFake(t)
	for name, key := range map[string]struct{ input, want string }{
		"input": {testkit.AdminKey, "key: from the input api-key\n"},
		"variable": {
			"",
			"key: from PREFECT_SECRETS_API_KEY; PREFECT__CLOUD__API_KEY and PREFECT_API_KEY differ and are ignored\n",
		},
	} {
		w := githubtest.NewWorkspace(t, map[string]string{
			"api-url": url, "api-key": key.input, "mode": "plan",
			"secrets": secretsJSON(t, map[string]string{
				"A": "x-" + canary, "ONE": testkit.AdminKey, "TWO": canary + "-two",
				"THREE": "pnu_" + canary,
			}),
		})
		w.Env = append(w.Env, "PREFECT_SECRETS_API_KEY="+testkit.AdminKey,
			"PREFECT__CLOUD__API_KEY="+canary+"-two", "PREFECT_API_KEY=pnu_"+canary)
		r := runAction(t, w.Env)
		for _, want := range []string{
			key.want, "plan: 1 to create",
			"3 names (ONE, THREE, TWO) were left out: its value is the API key of this run",
		} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("%s: exit code %d, no %q: %s", name, r.code, want, githubtest.Unmasked(r.stdout))
			}
		}
	}
}

func TestActionSendsNoKeyOfPrefectCloud(t *testing.T) {
	_, url := startFake(t)
	inputs := map[string]string{"api-url": url, "secrets": secretsJSON(t, map[string]string{"A": canary})}
	for name, env := range map[string]struct{ entry, want string }{
		"input": {"INPUT_API-KEY=pnu_" + canary, "the input api-key: it is a key of Prefect Cloud 2 or 3"},
		"variable": {
			"PREFECT_API_KEY=pnb_" + canary,
			"no API key: PREFECT_API_KEY: it is a key of Prefect Cloud 2 or 3 (pnu_ or pnb_), which is not sent to this API; give the input api-key, or the job",
		},
	} {
		w := githubtest.NewWorkspace(t, inputs)
		w.Env = append(w.Env, env.entry)
		if r := runAction(t, w.Env); r.code != exit.Usage || !strings.Contains(r.stdout, "::error title=prefect-secrets::"+env.want) {
			t.Errorf("%s: exit code %d: %s", name, r.code, githubtest.Unmasked(r.stdout))
		}
	}
}

// Without the input a variable names the URL. A manifest that names another host is an
// error.
func TestActionTakesTheURLOfAVariable(t *testing.T) {
	_, url := startFake(t)
	for _, variable := range []string{"PREFECT_SECRETS_API_URL", "PREFECT__CLOUD__API"} {
		env := variable + "=" + url
		w := githubtest.NewWorkspace(t, map[string]string{
			"api-key": testkit.AdminKey, "mode": "plan",
			"secrets": secretsJSON(t, map[string]string{"A": canary}),
		})
		w.Env = append(w.Env, env)
		if r := runAction(t, w.Env); r.code != exit.OK {
			t.Errorf("%s: exit code %d: %s", env, r.code, githubtest.Unmasked(r.stdout))
		}
		w.Env = append(w.Env,
			"INPUT_MANIFEST="+w.Write(t, "m.toml", "api-url = \"https://attacker.example.com\"\n"))
		if r := runAction(t, w.Env); r.code != exit.Usage || !strings.Contains(r.stdout, "names another host than "+variable+": the key is sent only to the host of "+variable) {
			t.Errorf("%s: exit code %d: %s", env, r.code, githubtest.Unmasked(r.stdout))
		}
		w.Env = append(w.Env, variable+"=secrets.example.com", "INPUT_MANIFEST=")
		if r := runAction(t, w.Env); r.code != exit.Usage || !strings.Contains(r.stdout, "::error title=prefect-secrets::"+variable+": ") {
			t.Errorf("%s: exit code %d: %s", env, r.code, githubtest.Unmasked(r.stdout))
		}
	}
}

// A job that authenticates by its id token says which key it passes over.
func TestActionByIDTokenSaysWhichKeyIsIgnored(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{"api-url": url, "secrets": secretsJSON(t, map[string]string{"A": canary})})
	w.Env = append(w.Env, "PREFECT_API_KEY=pnu_"+canary,
		"ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:1/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t", "INPUT_TIMEOUT=1s")
	const want = "key: from GitHub, as an id token of this job; PREFECT_API_KEY is ignored: it is a key of Prefect Cloud 2 or 3 (pnu_ or pnb_), which is not sent to this API\n"
	if r := runAction(t, w.Env); r.code == exit.OK || !strings.Contains(r.stdout, want) {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
}
