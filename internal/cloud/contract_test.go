package cloud_test

import (
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/contract"
)

var (
	apiURL  = flag.String("api", "", "URL of a secrets API that TestContract is to ask")
	apiKeys = flag.String("keys", "", "file with its admin_key, runner_key and, "+
		"where they have several, tenant_id, as serve --dev --ready-file writes it")
)

func TestContract(t *testing.T) {
	if *apiURL != "" {
		contract.Run(t, readEndpoint(t))
		return
	}
	t.Run("handler", func(t *testing.T) {
		contract.Run(t, contract.Endpoint{URL: "http://api.test", Transport: cloud.Transport(newAPI(t)),
			AdminKey: adminKey, RunnerKey: runKey})
	})
	t.Run("handler without introspection, second tenant named", func(t *testing.T) {
		a := newAPI(t, func(c *cloud.Config) {
			c.NoIntrospection = true
			c.Keys[1].Tenants = []string{tenantA, tenantB}
		})
		contract.Run(t, contract.Endpoint{URL: "http://api.test", Transport: cloud.Transport(a),
			AdminKey: adminKey, RunnerKey: runKey, Tenant: tenantB})
	})
	t.Run("socket", func(t *testing.T) {
		server := httptest.NewServer(newAPI(t))
		t.Cleanup(server.Close)
		contract.Run(t, contract.Endpoint{URL: server.URL, AdminKey: adminKey, RunnerKey: runKey})
	})
}

// readEndpoint returns the endpoint that the flags name.
func readEndpoint(t *testing.T) contract.Endpoint {
	t.Helper()
	text, err := os.ReadFile(*apiKeys)
	if err != nil {
		t.Fatalf("-api needs the keys in a file, which -keys names: %v", err)
	}
	var keys struct {
		Admin  string `json:"admin_key"`
		Runner string `json:"runner_key"`
		Tenant string `json:"tenant_id"`
	}
	if err := json.Unmarshal(text, &keys); err != nil || keys.Admin == "" || keys.Runner == "" {
		t.Fatalf("%s holds no admin_key and runner_key in JSON", *apiKeys)
	}
	return contract.Endpoint{URL: *apiURL, AdminKey: keys.Admin, RunnerKey: keys.Runner, Tenant: keys.Tenant}
}
