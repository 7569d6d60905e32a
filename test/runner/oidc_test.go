package runner

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// issuer stands in for GitHub's issuer: discovery and keys for the store, and the
// token service for the job.
type issuer struct {
	url      string
	key      *rsa.PrivateKey
	claims   map[string]any // of the next tokens
	audience []string       // of each token
	tokens   []string       // all that were issued
}

const requestToken = "the-runners-own-request-token"

func startIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := &issuer{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": s.url, "jwks_uri": s.url + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{
			"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1",
			"n": encoded(key.N.Bytes()), "e": encoded(big.NewInt(int64(key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("GET /token", s.token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token answers as the runner's service does (GitHub, "OpenID Connect reference").
func (s *issuer) token(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+requestToken {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	audience, now := r.URL.Query().Get("audience"), time.Now()
	claims := map[string]any{
		"iss": s.url, "aud": audience,
		"iat": now.Unix(), "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	maps.Copy(claims, s.claims)
	token, err := s.sign(claims)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	s.audience, s.tokens = append(s.audience, audience), append(s.tokens, token)
	_ = json.NewEncoder(w).Encode(map[string]any{"count": len(s.tokens), "value": token})
}

func (s *issuer) sign(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encoded([]byte(`{"alg":"RS256","typ":"JWT","kid":"1"}`)) + "." + encoded(body)
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	return text + "." + encoded(signature), err
}

// startServe starts serve in production mode with a memory store, for one
// repository's main branch and an admin key.
func startServe(t *testing.T, issuer string) store {
	t.Helper()
	dir := t.TempDir()
	binary, ready := filepath.Join(dir, "prefect-secrets"), filepath.Join(dir, "ready.json")
	keys := filepath.Join(dir, "keys.toml")
	run(t, root(t), "go", "build", "-o", binary, ".")
	printed := string(run(t, dir, binary, "keygen", "--name", "people", "--role", "admin", "--tenant", "data"))
	s := store{
		AdminKey: regexp.MustCompile(`pfs_[A-Z2-7]{33}`).FindString(printed),
		TenantID: "11111111-1111-4111-8111-111111111111",
	}
	_, entry, _ := strings.Cut(printed, "[[keys]]")
	text := "[[tenants]]\nid = \"" + s.TenantID + "\"\nslug = \"data\"\n\n[[keys]]" + entry + `
[[github]]
issuer = "` + issuer + `"
repository-id = 42
repository = "o/r"
ref = "refs/heads/main"
tenants = ["data"]
`
	if err := os.WriteFile(keys, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	cmd := exec.Command(binary, "serve", "--store", "memory", "--keys-file", keys, "--listen", address,
		"--url", "http://"+address, "--ready-file", ready, "--shutdown-delay", "0s")
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- cmd.Wait() }()
	t.Cleanup(func() { stopStore(t, cmd.Process, stopped) })
	s.URL = awaitStore(t, ready, stopped).URL
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestIDToken checks that a job without a key writes with its repository's token,
// and that a pull request's token is refused.
func TestIDToken(t *testing.T) {
	issuer := startIssuer(t)
	store := startServe(t, issuer.url)
	hidden := canary()
	push := map[string]any{
		"repository_id": "42", "repository": "o/r", "ref": "refs/heads/main", "event_name": "push",
		"workflow_ref": "o/r/.github/workflows/oidc.yml@refs/heads/main", "actor": "octocat", "run_id": "7",
	}
	j := job{
		workflow: "oidc.yml", secrets: map[string]string{"APP_KEY": hidden}, vars: map[string]string{"PREFECT_API_URL": store.URL},
		env: map[string]string{
			"ACTIONS_ID_TOKEN_REQUEST_URL":   issuer.url + "/token?api-version=2.0",
			"ACTIONS_ID_TOKEN_REQUEST_TOKEN": requestToken,
		},
	}
	issuer.claims = push
	log := j.run(t)
	checkLog(t, log, `"created-names":"[\"APP_KEY\"]"`, "key: from GitHub, as an id token of this job")
	if diff := cmp.Diff([]string{"APP_KEY"}, store.names(t)); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if fmt.Sprint(issuer.audience) != fmt.Sprint([]string{store.URL}) {
		t.Errorf("tokens were requested for %v", issuer.audience)
	}

	j.fails, j.secrets = true, map[string]string{"APP_OTHER": hidden}
	for name, claim := range map[string]map[string]any{
		"pull request":       {"event_name": "pull_request", "ref": "refs/pull/7/merge", "head_ref": "feature", "base_ref": "main"},
		"another branch":     {"ref": "refs/heads/feature"},
		"another repository": {"repository_id": "43"},
	} {
		issuer.claims = maps.Clone(push)
		maps.Copy(issuer.claims, claim)
		refusedLog := j.run(t)
		checkLog(t, refusedLog, "does not accept the key from GitHub, as an id token of this job", `"status":"failed"`)
		log = append(log, refusedLog...)
		if names := store.names(t); len(names) != 1 {
			t.Errorf("%s wrote: %q", name, names)
		}
	}
	checkNoLeak(t, log, append(issuer.tokens, hidden))
	if bytes.Contains(log, []byte(requestToken)) {
		t.Error("the log shows the request token")
	}
}
