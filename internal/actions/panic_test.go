package actions_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// faulty is a log that panics, with a secret, when it is given the text at.
type faulty struct {
	log bytes.Buffer
	at  string
}

func (f *faulty) Write(p []byte) (int, error) {
	if strings.Contains(string(p), f.at) {
		panic(canary)
	}
	return f.log.Write(p)
}

// A panic, before the first write or after the last, leaves the outputs, the summary and
// the SARIF file that a later step reads, and goes on to the caller without its value.
func TestAPanicLeavesTheOutputs(t *testing.T) {
	for at, want := range map[string]string{
		"not annotated": "failed 0", "plan for ": "failed 0", "note: making a check run": "partial 1",
	} {
		fake, url := startFake(t)
		w := newPullRequestWorkspace(t, &githubtest.Server{}, map[string]string{
			"api-url": url, "api-key": testkit.AdminKey, "secrets": secretsJSON(t, map[string]string{"A": canary}), "github-token": githubtest.Token,
		})
		w.Env = append(w.Env, "INPUT_SARIF-FILE="+w.Path("found.sarif"),
			"INPUT_CONFIG-FILES="+w.Write(t, "warn.toml", configWithWarnings(11)))
		stdout := &faulty{at: at}
		action := actions.Action{Stdout: stdout, Stderr: stdout, Env: w.Env, Getenv: newGetenv(w.Env), Version: "v1"}
		func() {
			defer func() {
				fault, ok := recover().(*panics.Error)
				if !ok || strings.Contains(fault.Error(), canary) || !strings.Contains(fault.Stack, "(*faulty).Write") {
					t.Errorf("%s: the panic is %v", at, fault)
				}
			}()
			t.Errorf("%s: no panic, but %v", at, action.Run(t.Context()))
		}()
		outputs := w.Outputs(t)
		if got := outputs["status"] + " " + outputs["created-count"]; got != want || len(fake.Names()) != len(strings.TrimRight(want[len(want)-1:], "0")) {
			t.Errorf("%s: got %q, and the store has %v", at, got, fake.Names())
		}
		if outputs["warning-count"] != "11" || !strings.Contains(w.Read(t, "found.sarif"), "plaintext-secret") || w.Read(t, "summary") == "" {
			t.Errorf("%s: outputs %v, summary %s", at, outputs, w.Read(t, "summary"))
		}
		if text := githubtest.Unmasked(stdout.log.String()); strings.Count(text, "::error title=prefect-secrets::internal error") != 1 || strings.Contains(text, canary) {
			t.Errorf("%s: it printed %s", at, text)
		}
	}
}
