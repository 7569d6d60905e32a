package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// A flow's secrets may come from the store, and from what the step is about to
// write.
func TestActionChecksFlows(t *testing.T) {
	store := startServer(t)
	if r := runCommand(t, []string{"PREFECT_SECRETS_API_KEY=" + store.AdminKey}, "x", "set", "STORED", "--api-url", store.URL); r.code != exit.OK {
		t.Fatal(r.stderr)
	}
	const flow = "from prefect.client import Secret\nSecret('STORED').get()\nSecret('PASSED').get()\n"
	run := func(mode, flow string, more map[string]string) (result, *workspace) {
		inputs := map[string]string{"mode": mode, "api-url": store.URL, "api-key": store.AdminKey}
		if mode != "check" {
			inputs["secrets"] = secretsJSON(t, map[string]string{"PASSED": canary})
		}
		for name, value := range more {
			inputs[name] = value
		}
		w := newWorkspace(t, inputs)
		w.env = append(w.env, "INPUT_FLOWS="+w.write(t, "flow.py", flow), "INPUT_SARIF-FILE="+w.path("found.sarif"))
		return runCommand(t, w.env, "", "action"), w
	}
	for _, mode := range []string{"plan", "sync"} {
		r, w := run(mode, flow+"Secret('NOWHERE').get()\n", nil)
		if r.code != exit.Usage || !strings.Contains(r.stdout, "NOWHERE") || !strings.Contains(r.stdout, "nothing was written") || strings.Contains(r.stdout, `secret "STORED"`) {
			t.Errorf("%s with a secret that nothing has: exit code %d: %s", mode, r.code, unmasked(r.stdout))
		}
		out := w.outputs(t)
		if out["error-count"] != "1" || out["sarif-file"] != w.path("found.sarif") || !strings.Contains(w.read(t, "found.sarif"), "undefined-secret") {
			t.Errorf("%s: outputs %v", mode, out)
		}
		if got := store.names(t); len(got) != 1 {
			t.Fatalf("%s wrote %v", mode, got)
		}
		if r, _ := run(mode, flow+"Secret('NOWHERE').get()\n", map[string]string{"fail-on": "never", "exclude": "PASSED", "mode": "plan"}); r.code != exit.OK || !strings.Contains(r.stdout, "PASSED") {
			t.Errorf("fail-on: never: exit code %d: %s", r.code, unmasked(r.stdout))
		}
	}
	if r, _ := run("check", flow, nil); r.code != exit.Failed || !strings.Contains(r.stdout, "PASSED") || strings.Contains(r.stdout, `secret "STORED"`) {
		t.Errorf("check: exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if r, w := run("sync", flow, nil); r.code != exit.OK || w.outputs(t)["created-names"] != `["PASSED"]` {
		t.Errorf("sync: exit code %d: %s", r.code, unmasked(r.stdout))
	}
}

func TestActionTakesAVersion(t *testing.T) {
	for version, warnings := range map[string]string{"0.9": "0", "1.4": "1"} {
		w := newWorkspace(t, map[string]string{"mode": "check", "prefect-version": version})
		w.env = append(w.env, "INPUT_CONFIG-FILES="+w.write(t, "config.toml", "[context.secrets]\nPIN = \"1_000\" # prefect-secrets: ignore[plaintext-secret] a test\n"))
		r := runCommand(t, w.env, "", "action")
		if got := w.outputs(t)["warning-count"]; r.code != exit.OK || got != warnings {
			t.Errorf("%s: exit code %d, %s warnings: %s", version, r.code, got, r.stdout)
		}
	}
	w := newWorkspace(t, map[string]string{"mode": "check", "prefect-version": "2", "config-files": "x.toml"})
	if r := runCommand(t, w.env, "", "action"); r.code != exit.Usage || !strings.Contains(r.stdout, "input prefect-version: ") {
		t.Errorf("exit code %d: %s", r.code, r.stdout)
	}
}

func TestActionWarnsOfALongInput(t *testing.T) {
	store := startServer(t)
	for size, warned := range map[int]bool{60 << 10: false, 100 << 10: true} {
		secrets := map[string]string{}
		for _, name := range []string{"A", "B", "C"} {
			secrets[name] = strings.Repeat("x", size/3)
		}
		w := newWorkspace(t, map[string]string{"mode": "plan", "api-url": store.URL, "api-key": store.AdminKey, "secrets": secretsJSON(t, secrets)})
		r := runCommand(t, w.env, "", "action")
		if r.code != exit.OK || warned != strings.Contains(r.stdout, "give the larger secrets by secrets-file or env-names") {
			t.Errorf("%d bytes: exit code %d, warned: %t", size, r.code, !warned)
		}
	}
}
