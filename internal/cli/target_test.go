package cli_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// If a store does not name the key's own tenant, sentences call it that, and documents
// leave it empty.
func TestTheKeysOwnTenantOfAnotherStore(t *testing.T) {
	fake := testkit.New(t, testkit.WithDialect(prefect.DialectSnake))
	server := httptest.NewServer(fake.Handler())
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "plan.json")
	secrets := writeFile(t, "s.json", `{"A": "`+canary+`"}`)
	for format, wants := range map[string][]string{
		"text":     {"plan for the key's own tenant at " + server.URL + "\n"},
		"markdown": {"**1 to create**.\n\nThe key's own tenant at `" + server.URL + "`\n"},
		"json":     {`"api_url": "` + server.URL + `"`, `"tenant": ""`},
	} {
		r := runCommand(t, adminEnv, "", "plan", "--api-url", server.URL, "--secrets-file", secrets,
			"--format", format, "--plan-file", file)
		for _, want := range wants {
			if r.code != exit.OK || !strings.Contains(r.stdout, want) || strings.Contains(r.stdout, "of the key") {
				t.Errorf("%s: exit code %d: %s%s", format, r.code, r.stdout, r.stderr)
			}
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), `"tenant": ""`) ||
		!strings.Contains(string(text), `"api_url": "`+server.URL+`"`) {
		t.Errorf("%v: the plan file is %s", err, text)
	}
	r := runCommand(t, adminEnv, "", "sync", "--api-url", server.URL, "--secrets-file", secrets,
		"--plan-file", file, "--format", "markdown")
	if r.code != exit.OK || !strings.Contains(r.stdout, "**1 created**.\n\nThe key's own tenant at `"+server.URL+"`\n") {
		t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, adminEnv, "", "sync", "--api-url", server.URL, "--secrets-file", secrets,
		"--overwrite", "owned")
	if r.code != exit.Usage || !strings.Contains(r.stderr, "this store does not know who wrote a secret") {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
}

// Reports name a tenant by its slug, even if --tenant is an id. They omit the query of
// the URL, which may be a secret.
func TestATenantByIDAndAURLWithAQuery(t *testing.T) {
	fake, url, secrets := startFake(t, 1)
	id := fake.Tenant("data").TenantID()
	for _, format := range []string{"text", "json", "markdown"} {
		file := filepath.Join(t.TempDir(), "plan.json")
		r := runCommand(t, adminEnv, "", "plan", "--api-url", url+"/graphql?token="+canary,
			"--secrets-file", secrets, "--tenant", id, "--format", format, "--plan-file", file)
		if r.code != exit.OK || !strings.Contains(r.stdout, "data") ||
			strings.Contains(r.stdout, id) || strings.Contains(r.stdout, canary) ||
			!strings.Contains(r.stdout, url+"/graphql") {
			t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
		}
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), canary) {
			t.Errorf("%v: the plan file is %s", err, text)
		}
	}
}
