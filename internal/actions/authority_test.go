package actions_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/actions/githubtest"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// startEnterprise starts a store, a GitHub and its issuer of id tokens with certificates
// of one authority. It returns the store's URL and a file with the authority.
func startEnterprise(t *testing.T, w *githubtest.Workspace, fake *githubtest.Server, issued *int) (store, authority string) {
	t.Helper()
	secrets := httptest.NewTLSServer(testkit.New(t).Handler())
	t.Cleanup(secrets.Close)
	mux := http.NewServeMux()
	mux.Handle("/api/v3/", fake.Handler("/api/v3"))
	mux.HandleFunc("/token", func(rw http.ResponseWriter, _ *http.Request) {
		*issued++
		_, _ = rw.Write([]byte(`{"value": "` + testkit.AdminKey + `"}`))
	})
	github := httptest.NewTLSServer(mux)
	t.Cleanup(github.Close)
	w.Env = append(w.Env, "GITHUB_API_URL="+github.URL+"/api/v3",
		"ACTIONS_ID_TOKEN_REQUEST_URL="+github.URL+"/token?v=2", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: github.Certificate().Raw})
	return secrets.URL, w.Write(t, "ca.pem", string(block))
}

func TestActionTrustsTheAuthorityOfGitHubToo(t *testing.T) {
	issued := 0
	fake := &githubtest.Server{Permissions: map[string]string{"pull-requests": "write"}}
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "plan", "comment": "true", "github-token": githubtest.Token,
		"secrets": secretsJSON(t, map[string]string{"A": canary}),
	})
	store, authority := startEnterprise(t, w, fake, &issued)
	w.PullRequest(t, "o/r")
	w.Env = append(w.Env, "INPUT_API-URL="+store, "INPUT_CA-CERTIFICATE="+authority)
	r := runAction(t, w.Env)
	if r.code != exit.OK || issued != 1 || len(fake.Comments()) != 1 {
		t.Errorf("exit code %d, %d tokens, %d comments: %s", r.code, issued, len(fake.Comments()),
			githubtest.Unmasked(r.stdout))
	}
}

func TestAnUntrustedIssuerIsNamed(t *testing.T) {
	issued := 0
	w := githubtest.NewWorkspace(t, map[string]string{
		"mode": "plan", "secrets": secretsJSON(t, map[string]string{"A": canary}),
	})
	startEnterprise(t, w, &githubtest.Server{}, &issued)
	_, store := startFake(t)
	w.Env = append(w.Env, "INPUT_API-URL="+store)
	r := runAction(t, w.Env)
	var host string
	for _, entry := range w.Env {
		if text, ok := strings.CutPrefix(entry, "ACTIONS_ID_TOKEN_REQUEST_URL="); ok {
			u, err := url.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			host = u.Host
		}
	}
	want := "asking GitHub for an id token at " + host +
		": its certificate is signed by an unknown authority: pass its PEM file with the input ca-certificate"
	if r.code != exit.Failed || !strings.Contains(r.stdout, want) ||
		strings.Contains(r.stdout, "did not answer") || strings.Contains(r.stdout, "Post ") {
		t.Errorf("exit code %d: %s", r.code, githubtest.Unmasked(r.stdout))
	}
}
