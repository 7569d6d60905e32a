package actions_test

import (
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// TestActionSyncsBlocks runs the Action for an environment whose store is a server of
// Prefect 3 with a user and a password, which is found by Prefect's own variables.
func TestActionSyncsBlocks(t *testing.T) {
	fake := blockstest.New()
	const auth = "admin:" + canary + "-auth"
	fake.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(auth))
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	w := githubtest.NewWorkspace(t, map[string]string{
		"environment": "three",
		"secrets":     secretsJSON(t, map[string]string{"DB_PASSWORD": canary, "PREFECT_API_AUTH_STRING": auth, "COPY": auth}),
	})
	w.Env = append(w.Env,
		"INPUT_MANIFEST="+w.Write(t, "m.toml", "tenants = [\"data\"]\n[environments.three]\nstore = \"blocks\"\nreader = \"3\"\n"),
		"PREFECT_API_URL="+server.URL+"/api", "PREFECT_API_AUTH_STRING="+auth,
		"ACTIONS_ID_TOKEN_REQUEST_URL=http://127.0.0.1:1/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t", // never for such a store
	)
	r := runAction(t, w.Env)
	shown := githubtest.Unmasked(r.stdout)
	if r.code != exit.OK || strings.Contains(shown+r.stderr, canary) || strings.Contains(w.Read(t, "summary"), canary) {
		t.Fatalf("exit code %d: %s%s", r.code, shown, r.stderr)
	}
	if !strings.Contains(r.stdout, "::add-mask::"+auth+"\n") {
		t.Error("the auth string is not masked")
	}
	if diff := cmp.Diff([]string{"db-password"}, fake.Names()); diff != "" {
		t.Error(diff)
	}
	if got := w.Outputs(t)["created-names"]; got != `["db-password"]` {
		t.Errorf("created %s", got)
	}
	if again := runAction(t, w.Env); again.code != exit.OK || !strings.Contains(again.stdout, "1 unchanged") {
		t.Errorf("exit code %d: %s", again.code, githubtest.Unmasked(again.stdout))
	}
}
