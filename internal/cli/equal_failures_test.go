package cli_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// Failures for one reason are one line of the error.
func TestEqualFailuresAreOneLine(t *testing.T) {
	fake, url, secrets := startFake(t, 7)
	fake.Tenant("data")
	fake.Tenant("ml")
	fake.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Code: "FORBIDDEN"})
	r := runCommand(t, adminEnv, "", "sync", "--api-url", url, "--secrets-file", secrets,
		"--tenant", "data,ml")
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	if len(lines) != 1 ||
		!strings.HasPrefix(lines[0], "prefect-secrets: 2 tenants (data, ml): no write was acknowledged: ") {
		t.Errorf("standard error is %q", r.stderr)
	}
}

func TestEqualFailuresOfPlans(t *testing.T) {
	fake, url, secrets := startFake(t, 1)
	for _, tenant := range []string{"data", "ml", "web"} {
		fake.Tenant(tenant)
	}
	for _, tenant := range []string{"data", "ml"} {
		fake.Inject(faults.Match{Field: "secret", Tenant: tenant}, faults.Fault{Code: "FORBIDDEN"})
	}
	r := runCommand(t, adminEnv, "", "plan", "--api-url", url, "--secrets-file", secrets,
		"--tenant", "data,ml,web", "--format", "markdown")
	if r.code != exit.Partly || strings.Count(r.stdout, "**2 tenants (`data`, `ml`) failed:** ") != 1 ||
		strings.Count(r.stdout, "failed:**") != 1 {
		t.Errorf("exit code %d: %s", r.code, r.stdout)
	}
	if !strings.HasPrefix(r.stderr, "prefect-secrets: no plan for 2 tenants (data, ml): ") ||
		strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("standard error is %q", r.stderr)
	}
}
