package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// Typed values of a file are masked by their strings and digits; what is true or
// false is no secret, and a mask of it would blank outputs.
func TestActionMasksTypedValues(t *testing.T) {
	server := startServer(t)
	w := newWorkspace(t, map[string]string{"api-url": server.URL, "api-key": server.AdminKey})
	w.env = append(w.env, "INPUT_SECRETS-FILE="+w.write(t, "secrets.json",
		`{"OBJECT": {"a": {"password": "`+canary+`-1"}}, "LIST": ["`+canary+`-2-0123456789"], "PIN": 4111111111111111, "SHORT": 12, "FLAG": true, "SMALL": ["ab", "cd"]}`))
	r := runCommand(t, w.env, "", "action")
	for _, value := range []string{canary + "-1", canary + "-2-0123456789", "4111111111111111"} {
		if !strings.Contains(r.stdout, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
		if strings.Contains(unmasked(r.stdout)+w.read(t, "output")+w.read(t, "summary"), value) {
			t.Error("a value showed")
		}
	}
	if strings.Contains(r.stdout, "::add-mask::true") || !strings.Contains(r.stdout, "SHORT is too short to be masked") || strings.Contains(r.stdout, "SMALL is too short") {
		t.Errorf("the masks are wrong: %s", unmasked(r.stdout))
	}
	if outputs := w.outputs(t); r.code != exit.OK || outputs["created-count"] != "6" || !strings.Contains(w.read(t, "summary"), "object with 1 key") {
		t.Errorf("exit code %d, outputs %v", r.code, outputs)
	}
}

func TestActionMasksAllKeys(t *testing.T) {
	server := startServer(t)
	w := newWorkspace(t, map[string]string{"api-url": server.URL, "api-key": server.AdminKey, "mode": "plan", "secrets": secretsJSON(t, map[string]string{"A": "x-" + canary})})
	w.env = append(w.env, "PREFECT_SECRETS_API_KEY="+canary+"-one", "PREFECT__CLOUD__API_KEY="+canary+"-two", "PREFECT_API_KEY=pnu_"+canary)
	before, _, connected := strings.Cut(runCommand(t, w.env, "", "action").stdout, "key: from")
	for _, value := range []string{server.AdminKey, canary + "-one", canary + "-two", "pnu_" + canary} {
		if !connected || !strings.Contains(before, "::add-mask::"+value+"\n") {
			t.Error("a mask is missing")
		}
	}
}

// The keys of all three variables stay out, whichever is used.
func TestActionKeepsAllKeysOut(t *testing.T) {
	server := startServer(t)
	for name, key := range map[string]struct{ input, says string }{
		"input":    {server.AdminKey, "key: from the input api-key\n"},
		"variable": {"", "key: from PREFECT_SECRETS_API_KEY; PREFECT__CLOUD__API_KEY and PREFECT_API_KEY differ and are ignored\n"},
	} {
		w := newWorkspace(t, map[string]string{
			"api-url": server.URL, "api-key": key.input, "mode": "plan",
			"secrets": secretsJSON(t, map[string]string{"A": "x-" + canary, "ONE": server.AdminKey, "TWO": canary + "-two", "THREE": "pnu_" + canary}),
		})
		w.env = append(w.env, "PREFECT_SECRETS_API_KEY="+server.AdminKey, "PREFECT__CLOUD__API_KEY="+canary+"-two", "PREFECT_API_KEY=pnu_"+canary)
		r := runCommand(t, w.env, "", "action")
		for _, want := range []string{key.says, "plan: 1 to create", "3 names (ONE, THREE, TWO) were left out: its value is the API key of this run"} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("%s: exit code %d, no %q: %s", name, r.code, want, unmasked(r.stdout))
			}
		}
	}
}

func TestActionSendsNoKeyOfPrefectCloud(t *testing.T) {
	server := startServer(t)
	inputs := map[string]string{"api-url": server.URL, "secrets": secretsJSON(t, map[string]string{"A": canary})}
	for name, env := range map[string]struct{ entry, says string }{
		"input":    {"INPUT_API-KEY=pnu_" + canary, "the input api-key: it is a key of Prefect Cloud 2 or 3"},
		"variable": {"PREFECT_API_KEY=pnb_" + canary, "no API key: PREFECT_API_KEY: it is a key of Prefect Cloud 2 or 3 (pnu_ or pnb_), which is not sent to this API; give the input api-key, or the job"},
	} {
		w := newWorkspace(t, inputs)
		w.env = append(w.env, env.entry)
		if r := runCommand(t, w.env, "", "action"); r.code != exit.Usage || !strings.Contains(r.stdout, "::error::"+env.says) {
			t.Errorf("%s: exit code %d: %s", name, r.code, unmasked(r.stdout))
		}
	}
}

// Without the input the URL is that of a variable; a manifest that names another
// host is refused.
func TestActionTakesTheURLOfAVariable(t *testing.T) {
	server := startServer(t)
	for _, env := range []string{"PREFECT_SECRETS_API_URL=" + server.URL, "PREFECT__CLOUD__API=" + server.URL} {
		w := newWorkspace(t, map[string]string{"api-key": server.AdminKey, "mode": "plan", "secrets": secretsJSON(t, map[string]string{"A": canary})})
		w.env = append(w.env, env)
		if r := runCommand(t, w.env, "", "action"); r.code != exit.OK {
			t.Errorf("%s: exit code %d: %s", env, r.code, unmasked(r.stdout))
		}
		w.env = append(w.env, "INPUT_MANIFEST="+w.write(t, "m.toml", "api-url = \"https://attacker.example.com\"\n"))
		if r := runCommand(t, w.env, "", "action"); r.code != exit.Usage || !strings.Contains(r.stdout, "names another host") {
			t.Errorf("%s: exit code %d: %s", env, r.code, unmasked(r.stdout))
		}
	}
}
