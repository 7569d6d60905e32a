package cli_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud/contract"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// serve --dev fulfils the contract of the API.
func TestServeKeepsTheContract(t *testing.T) {
	s := startDevServer(t)
	contract.Run(t, contract.Endpoint{URL: s.URL, AdminKey: s.AdminKey, RunnerKey: s.RunnerKey})
}

// serve --dev has the health endpoints of the server in production.
func TestDevServerHasHealth(t *testing.T) {
	s := startDevServer(t)
	for path, want := range map[string]string{
		"/healthz": "ok\n", "/readyz": `{"ready":true,"store":"ok","audit":"none","keys":"ok"}` + "\n",
	} {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || string(body) != want {
			t.Errorf("%s: %d %s %v", path, resp.StatusCode, body, err)
		}
	}
}

// Every serve has the page for browsers, and the list with --page alone.
func TestServeHasPage(t *testing.T) {
	keysFile, _ := writeKeysFile(t)
	for _, list := range []bool{false, true} {
		var page []string
		if list {
			page = []string{"--page"}
		}
		production, _ := startProduction(t, nil, append(page, "--store", "memory", "--keys-file", keysFile)...)
		for _, url := range []string{startDevServer(t, page...).URL, production} {
			req, err := http.NewRequest(http.MethodGet, url, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept", "text/html,*/*;q=0.8")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			got := string(body)
			if err != nil || !strings.Contains(got, "Version") || strings.Contains(got, "API key") != list {
				t.Errorf("%s %v: %s %v", url, page, got, err)
			}
		}
	}
}

// The control endpoints of serve --dev need the admin key.
func TestServeTakesOrders(t *testing.T) {
	s := startDevServer(t)
	order := func(key string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/_testkit/seed",
			strings.NewReader(`{"secrets": {"S": 1}}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	if status := order(s.RunnerKey); status != http.StatusUnauthorized || len(s.names(t)) != 0 {
		t.Errorf("the runner's order: %d", status)
	}
	if status := order(s.AdminKey); status != http.StatusOK || len(s.names(t)) != 1 {
		t.Errorf("the admin's order: %d", status)
	}
}

// A secret that a flow reads may be defined in the store alone.
func TestFlowsAgainstTheStore(t *testing.T) {
	s := startDevServer(t)
	flow := filepath.Join(t.TempDir(), "flow.py")
	const text = "from prefect.client import Secret\nSecret('IN_STORE').get()\nSecret('NOWHERE').get()\n"
	if err := os.WriteFile(flow, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"PREFECT_SECRETS_API_KEY=" + s.AdminKey}
	if r := runCommand(t, env, "value", "set", "IN_STORE", "--api-url", s.URL); r.code != exit.OK {
		t.Fatal(r.stderr)
	}
	r := runCommand(t, env, "", "check", "--flows", flow, "--api-url", s.URL)
	if r.code != exit.Failed || strings.Contains(r.stdout, `the secret "IN_STORE"`) ||
		!strings.Contains(r.stdout, `the secret "NOWHERE"`) {
		t.Errorf("%d %s %s", r.code, r.stdout, r.stderr)
	}
	r = runCommand(t, []string{"PREFECT_SECRETS_API_KEY=wrong"}, "", "check", "--flows", flow, "--api-url", s.URL)
	if r.code != exit.Refused {
		t.Errorf("a wrong key: %d %s", r.code, r.stderr)
	}
}

// A refused key and a refused tenant have one exit code and a message each. A tenant
// that the key may not use and one that does not exist have the same.
func TestRefusedKeyAndRefusedTenant(t *testing.T) {
	fake, url, secrets := startFake(t, 2)
	foreign := fake.Tenant("foreign").TenantID()
	own := fake.AddKey(testkit.Key{Name: "own", Role: prefect.RoleAdmin})
	const unknown = "00000000-0000-4000-8000-000000000000"
	for _, command := range [][]string{
		{"sync", "--secrets-file", secrets}, {"plan", "--secrets-file", secrets}, {"names"}, {"set", "S"}, {"delete", "S"},
	} {
		run := func(key, tenant string) result {
			return runCommand(t, []string{"PREFECT_SECRETS_API_KEY=" + key}, "v",
				slices.Concat(command, []string{"--api-url", url, "--tenant", tenant})...)
		}
		key, tenant, missing := run("wrong", foreign), run(own, foreign), run(own, unknown)
		if key.code != exit.Refused || !strings.Contains(key.stderr, "does not accept the key from PREFECT_SECRETS_API_KEY") {
			t.Errorf("%s, a wrong key: %d %s", command[0], key.code, key.stderr)
		}
		const text = "the API key may not use this tenant, or the tenant does not exist"
		if tenant.code != exit.Refused || !strings.Contains(tenant.stderr, text) {
			t.Errorf("%s, a foreign tenant: %d %s", command[0], tenant.code, tenant.stderr)
		}
		if strings.ReplaceAll(missing.stderr, unknown, foreign) != tenant.stderr || missing.code != tenant.code {
			t.Errorf("%s, an unknown tenant: %d %s", command[0], missing.code, missing.stderr)
		}
	}
}
