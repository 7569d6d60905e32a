package actions_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// The secrets of a flow may be in the store, or among those that the step will write.
func TestActionChecksFlows(t *testing.T) {
	fake, url := startFake(t)
	if err := fake.AdminClient().SetSecret(t.Context(), "STORED", "x"); err != nil {
		t.Fatal(err)
	}
	const flow = "from prefect.client import Secret\nSecret('STORED').get()\nSecret('PASSED').get()\n"
	run := func(mode, flow string, more map[string]string) (result, *githubtest.Workspace) {
		inputs := map[string]string{"mode": mode, "api-url": url, "api-key": testkit.AdminKey}
		if mode != "check" {
			inputs["secrets"] = secretsJSON(t, map[string]string{"PASSED": canary})
		}
		maps.Copy(inputs, more)
		w := githubtest.NewWorkspace(t, inputs)
		w.Env = append(w.Env, "INPUT_FLOWS="+w.Write(t, "flow.py", flow),
			"INPUT_SARIF-FILE="+w.Path("found.sarif"))
		return runAction(t, w.Env), w
	}
	for _, mode := range []string{"plan", "sync"} {
		r, w := run(mode, flow+"Secret('NOWHERE').get()\n", nil)
		if r.code != exit.Usage || !strings.Contains(r.stdout, "NOWHERE") ||
			strings.Contains(r.stdout, "nothing was written") != (mode == "sync") || strings.Contains(r.stdout, `secret "STORED"`) {
			t.Errorf("%s with a secret that nothing has: exit code %d: %s", mode, r.code,
				githubtest.Unmasked(r.stdout))
		}
		out := w.Outputs(t)
		if out["error-count"] != "1" || out["sarif-file"] != w.Path("found.sarif") ||
			!strings.Contains(w.Read(t, "found.sarif"), "undefined-secret") {
			t.Errorf("%s: outputs %v", mode, out)
		}
		if got := fake.Names(); len(got) != 1 {
			t.Fatalf("%s wrote %v", mode, got)
		}
		never := map[string]string{"fail-on": "never", "exclude": "PASSED", "mode": "plan"}
		r, _ = run(mode, flow+"Secret('NOWHERE').get()\n", never)
		if r.code != exit.OK || !strings.Contains(r.stdout, "PASSED") {
			t.Errorf("fail-on: never: exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
		}
	}
	if r, _ := run("check", flow, nil); r.code != exit.Failed ||
		!strings.Contains(r.stdout, "PASSED") || strings.Contains(r.stdout, `secret "STORED"`) {
		t.Errorf("check: exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	if r, w := run("sync", flow, nil); r.code != exit.OK || w.Outputs(t)["created-names"] != `["PASSED"]` {
		t.Errorf("sync: exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
}

func TestActionTakesAVersion(t *testing.T) {
	for version, warnings := range map[string]string{"0.9": "0", "1.4": "1"} {
		w := githubtest.NewWorkspace(t, map[string]string{"mode": "check", "prefect-version": version})
		const config = "[context.secrets]\nPIN = \"1_000\" # prefect-secrets: ignore[plaintext-secret] a test\n"
		w.Env = append(w.Env, "INPUT_CONFIG-FILES="+w.Write(t, "config.toml", config))
		r := runAction(t, w.Env)
		if got := w.Outputs(t)["warning-count"]; r.code != exit.OK || got != warnings {
			t.Errorf("%s: exit code %d, %s warnings: %s", version, r.code, got, r.stdout)
		}
	}
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "check", "prefect-version": "2", "config-files": "x.toml",
	})
	if r := runAction(t, w.Env); r.code != exit.Usage || !strings.Contains(r.stdout, "input prefect-version: ") {
		t.Errorf("exit code %d: %s", r.code, r.stdout)
	}
}

func TestActionWarnsOfALongInput(t *testing.T) {
	_, url := startFake(t)
	for size, warned := range map[int]bool{60 << 10: false, 100 << 10: true} {
		secrets := map[string]string{}
		for _, name := range []string{"A", "B", "C"} {
			secrets[name] = strings.Repeat("x", size/3)
		}
		w := githubtest.NewWorkspace(t, map[string]string{
			"mode": "plan", "api-url": url, "api-key": testkit.AdminKey,
			"secrets": secretsJSON(t, secrets),
		})
		r := runAction(t, w.Env)
		if r.code != exit.OK ||
			warned != strings.Contains(r.stdout, "give the larger secrets by secrets-file or env-names") {
			t.Errorf("%d bytes: exit code %d, warned: %t", size, r.code, !warned)
		}
	}
}

// The log has the counts once. An annotation names the file by its path in the
// repository, and a file of another one in its text.
func TestTheLogOfACheck(t *testing.T) {
	w := githubtest.NewWorkspace(t, map[string]string{"mode": "check", "config-files": "app/a.toml,shared/b.toml"})
	w.Env = append(w.Env, "GITHUB_SERVER_URL=https://github.com", "GITHUB_WORKSPACE="+w.Dir)
	for dir, origin := range map[string]string{"app": "https://github.com/o/r", "shared": "https://github.com/acme/shared"} {
		if err := os.MkdirAll(w.Path(dir+"/.git"), 0o755); err != nil {
			t.Fatal(err)
		}
		w.Write(t, dir+"/.git/HEAD", commit)
		w.Write(t, dir+"/.git/config", "[remote \"origin\"]\n\turl = "+origin+"\n")
	}
	w.Write(t, "app/a.toml", configWithWarnings(1))
	w.Write(t, "shared/b.toml", configWithWarnings(1))
	t.Chdir(w.Dir)
	r := runAction(t, w.Env)
	for text, want := range map[string]int{
		"check: 2 files, 0 errors, 2 warnings\n": 1, "::warning col=6,endColumn=18,endLine=2,file=a.toml,line=2,": 1,
		"::warning title=prefect-secrets%3A plaintext-secret::shared/b.toml:2:6: ": 1, "app/a.toml:2:6: warning: ": 1,
	} {
		if got := strings.Count(r.stdout, text); got != want {
			t.Errorf("%q is there %d times: %s", text, got, r.stdout)
		}
	}
	summary := w.Read(t, "summary")
	for _, link := range []string{"(https://github.com/o/r/blob/" + commit + "/a.toml#L2)", "(https://github.com/acme/shared/blob/" + commit + "/b.toml#L2)"} {
		if !strings.Contains(summary, link) {
			t.Errorf("%s is missing in %s", link, summary)
		}
	}
}
