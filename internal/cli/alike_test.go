package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// What failed for one reason is one line, in the log, in the summary and in the
// error.
func TestEqualFailuresAreOneLine(t *testing.T) {
	fake, url, secrets := served(t, 7)
	fake.Tenant("data")
	fake.Tenant("ml")
	fake.Inject(testkit.Match{Field: "setSecret"}, testkit.Fault{Code: "FORBIDDEN"})
	const names = "7 names (S0000, S0001, S0002, S0003, S0004 and 2 more)"
	w := newWorkspace(t, map[string]string{"api-url": url, "api-key": testkit.AdminKey})
	r := runCommand(t, append(w.env, "INPUT_SECRETS-FILE="+secrets), "", "action")
	if r.code != exit.Refused || strings.Count(r.stdout, "! failed    "+names+": ") != 1 || strings.Count(r.stdout, "! failed") != 1 {
		t.Errorf("exit code %d: %s", r.code, unmasked(r.stdout))
	}
	if summary := w.read(t, "summary"); strings.Count(summary, "| failed | "+names+" | ") != 1 || strings.Count(summary, "| failed |") != 1 {
		t.Errorf("the summary is %s", summary)
	}
	if strings.Count(r.stdout, "::error::") != 1 {
		t.Error("there is not one error annotation")
	}
	r = runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets, "--tenant", "data,ml")
	if lines := strings.Split(strings.TrimSpace(r.stderr), "\n"); len(lines) != 1 || !strings.HasPrefix(lines[0], "prefect-secrets: 2 tenants (data, ml): no write was acknowledged: ") {
		t.Errorf("standard error is %q", r.stderr)
	}
}

func TestEqualFailuresOfPlans(t *testing.T) {
	fake, url, secrets := served(t, 1)
	for _, tenant := range []string{"data", "ml", "web"} {
		fake.Tenant(tenant)
	}
	for _, tenant := range []string{"data", "ml"} {
		fake.Inject(testkit.Match{Field: "secret", Tenant: tenant}, testkit.Fault{Code: "FORBIDDEN"})
	}
	r := runCommand(t, adminEnv, "", "plan", "--api-url", url, "--secrets-file", secrets, "--tenant", "data,ml,web", "--format", "markdown")
	if r.code != exit.Partly || strings.Count(r.stdout, "2 tenants (data, ml): **failed**: ") != 1 || strings.Count(r.stdout, "**failed**") != 1 {
		t.Errorf("exit code %d: %s", r.code, r.stdout)
	}
	if !strings.HasPrefix(r.stderr, "prefect-secrets: no plan for 2 tenants (data, ml): ") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("standard error is %q", r.stderr)
	}
}

// Patterns that look like a mistake are annotated, others stand in the plan alone,
// and what was left out for one reason is one annotation.
func TestAnnotationsOfAPlan(t *testing.T) {
	_, url, _ := served(t, 0)
	w := newWorkspace(t, map[string]string{
		"mode": "plan", "api-url": url, "api-key": testkit.AdminKey, "exclude": "- CODECOV_TOKEN\n- NPM_*\nDOCKER_*",
		"secrets": secretsJSON(t, map[string]string{"SLACK": canary, "CODECOV_TOKEN": canary, "A": "", "B": ""}),
	})
	r := runCommand(t, w.env, "", "action")
	for text, want := range map[string]int{
		`::warning::exclude "- CODECOV_TOKEN" matches no name of a source: did you mean "CODECOV_TOKEN"?`: 1,
		`::warning::exclude "- NPM_*" matches no name of a source: did you mean "NPM_*"?`:                 1,
		`note: exclude "DOCKER_*" matches no name of a source`:                                            1,
		"::warning::2 names (A, B) were left out: empty":                                                  1,
		"::warning::": 3,
	} {
		if got := strings.Count(r.stdout, text); got != want {
			t.Errorf("%q stands there %d times: %s", text, got, unmasked(r.stdout))
		}
	}
}
