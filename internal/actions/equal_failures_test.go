package actions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// Failures for one reason are one line, in the log and in the summary.
func TestEqualFailuresAreOneLine(t *testing.T) {
	fake, url := startFake(t)
	secrets := map[string]string{}
	for i := range 7 {
		secrets[fmt.Sprintf("S%04d", i)] = canary
	}
	fake.Tenant("data")
	fake.Tenant("ml")
	fake.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Code: "FORBIDDEN"})
	const names = "7 names (S0000, S0001, S0002, S0003, S0004 and 2 more)"
	w := githubtest.NewWorkspace(t, map[string]string{"api-url": url, "api-key": testkit.AdminKey})
	r := runAction(t,
		append(w.Env, "INPUT_SECRETS-FILE="+w.Write(t, "secrets.json", secretsJSON(t, secrets))))
	if r.code != exit.Refused || strings.Count(r.stdout, "! failed    "+names+": ") != 1 ||
		strings.Count(r.stdout, "! failed") != 1 {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
	summary := w.Read(t, "summary")
	if strings.Count(summary, "| `!`\u00a0**failed** | 7 secrets (`S0000`, `S0001`, ") != 1 || strings.Count(summary, "**failed**") != 1 {
		t.Errorf("the summary is %s", summary)
	}
	if strings.Count(r.stdout, "::error title=prefect-secrets::") != 1 {
		t.Error("there is not one error annotation")
	}
}

// Patterns that look like a mistake are annotated; others are only in the plan. All
// names that are omitted for one reason have one annotation.
func TestAnnotationsOfAPlan(t *testing.T) {
	_, url := startFake(t)
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "plan", "api-url": url, "api-key": testkit.AdminKey,
		"exclude": "- CODECOV_TOKEN\n- NPM_*\nDOCKER_*",
		"secrets": secretsJSON(t, map[string]string{
			"SLACK": canary, "CODECOV_TOKEN": canary, "A": "", "B": "",
		}),
	})
	r := runAction(t, w.Env)
	for text, want := range map[string]int{
		`::warning title=prefect-secrets::exclude "- CODECOV_TOKEN" matches no name of a source: did you mean "CODECOV_TOKEN"?`: 1,
		`::warning title=prefect-secrets::exclude "- NPM_*" matches no name of a source: did you mean "NPM_*"?`:                 1,
		`note: exclude "DOCKER_*" matches no name of a source`:                                                                  1,
		"::warning title=prefect-secrets::2 names (A, B) were left out: empty":                                                  1,
		"::warning title=prefect-secrets::":                                                                                     3,
	} {
		if got := strings.Count(r.stdout, text); got != want {
			t.Errorf("%q appears %d times: %s", text, got, githubtest.Unmasked(r.stdout))
		}
	}
}
