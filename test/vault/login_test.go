//go:build realvault

package vault_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// appRole creates a role whose tokens have the policy of docs/, and returns a login
// with it.
func (s *server) appRole(t *testing.T, mount string, role map[string]any) vault.AppRole {
	t.Helper()
	s.write(t, "sys/policies/acl/prefect-secrets", map[string]any{"policy": policyFile(t)})
	s.write(t, "sys/auth/"+mount, map[string]any{"type": "approle"})
	role["token_policies"] = "prefect-secrets"
	s.write(t, "auth/"+mount+"/role/serve", role)
	id, err := s.root(t).Logical().Read("auth/" + mount + "/role/serve/role-id")
	if err != nil {
		t.Fatal(err)
	}
	secret := s.write(t, "auth/"+mount+"/role/serve/secret-id", nil)
	file := filepath.Join(t.TempDir(), "secret-id")
	if err := os.WriteFile(file, []byte(secret.Data["secret_id"].(string)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return vault.AppRole{Mount: mount, RoleID: id.Data["role_id"].(string), SecretID: vault.File(file)}
}

func (s *server) openAs(t *testing.T, login vault.Login) *vault.Store {
	return s.open(t, func(c *vault.Config) { c.Prefix, c.Login = vault.DefaultPrefix, login })
}

func TestAppRole(t *testing.T) {
	s := sharedServer(t)
	login := s.appRole(t, "approle", map[string]any{})
	storetest.Run(t, func(t *testing.T) cloud.Store { return s.openAs(t, login) })
	login.SecretID = vault.Static("CANARY")
	err := s.openAs(t, login).Ping(t.Context())
	if err == nil {
		t.Fatal("with another secret id: no error")
	}
	msg := err.Error()
	invalid := strings.Contains(msg, "invalid role or secret ID") || strings.Contains(msg, "invalid secret id")
	if !invalid || strings.Contains(msg, "CANARY") {
		t.Errorf("with another secret id: %v", err)
	}
}

// Tokens that last two seconds, and five at most, are renewed and replaced, and no
// request fails.
func TestTokensEndAndNobodyNotices(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	store := s.openAs(t, s.appRole(t, "short", map[string]any{"token_ttl": "2s", "token_max_ttl": "5s"}))
	for end := time.Now().Add(12 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		mustSet(t, store, "x", `1`)
	}
	time.Sleep(6 * time.Second) // without requests
	mustSet(t, store, "x", `1`)
}

func TestRevokedTokensAreReplaced(t *testing.T) {
	s := sharedServer(t)
	store := s.openAs(t, s.appRole(t, "revoked", map[string]any{}))
	mustSet(t, store, "x", `1`)
	s.write(t, "sys/leases/revoke-prefix/auth/revoked/login", nil)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { mustSet(t, store, "x", `1`) })
	}
	all.Wait()
}

func TestRevokedTokenThatCannotBeReplaced(t *testing.T) {
	s := sharedServer(t)
	token := s.newToken(t, policyFile(t), time.Hour)
	store := s.open(t, withToken(token))
	mustSet(t, store, "x", `1`)
	s.write(t, "auth/token/revoke", map[string]any{"token": token})
	err := store.Delete(t.Context(), tenant, "x")
	if err == nil || !strings.Contains(err.Error(), "expired or was revoked") || strings.Contains(err.Error(), token) {
		t.Errorf("%v", err)
	}
}

func TestPermissionDenied(t *testing.T) {
	s := sharedServer(t)
	token := s.newToken(t, policyFile(t), time.Hour)
	store := s.open(t, withToken(token), func(c *vault.Config) { c.Prefix = "elsewhere" })
	_, err := store.Set(t.Context(), tenant, "x", json.RawMessage(`"CANARY"`), "ci", false)
	want := `permission denied by Vault: the token's policy must grant create and update on "secret/data/elsewhere/` + tenant + `/x"`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// Vault asks Kubernetes whose token it is; here a server of the test answers.
func TestKubernetes(t *testing.T) {
	s := sharedServer(t)
	jwt := unsignedJWT(map[string]any{
		"iss": "kubernetes/serviceaccount", "kubernetes.io/serviceaccount/namespace": "flows",
		"kubernetes.io/serviceaccount/service-account.name": "serve", "kubernetes.io/serviceaccount/service-account.uid": "u-1",
	})
	cluster := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review struct{ Spec struct{ Token string } }
		_ = json.NewDecoder(r.Body).Decode(&review)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
			"status": map[string]any{
				"authenticated": review.Spec.Token == jwt,
				"user": map[string]any{
					"username": "system:serviceaccount:flows:serve", "uid": "u-1", "groups": []string{"system:serviceaccounts"},
				},
			},
		})
	}))
	defer cluster.Close()
	s.write(t, "sys/policies/acl/prefect-secrets", map[string]any{"policy": policyFile(t)})
	s.write(t, "sys/auth/kubernetes", map[string]any{"type": "kubernetes"})
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cluster.Certificate().Raw})
	s.write(t, "auth/kubernetes/config", map[string]any{
		"kubernetes_host": cluster.URL, "kubernetes_ca_cert": string(ca), "token_reviewer_jwt": jwt,
		"disable_iss_validation": true, "disable_local_ca_jwt": true,
	})
	s.write(t, "auth/kubernetes/role/serve", map[string]any{
		"bound_service_account_names": "serve", "bound_service_account_namespaces": "flows", "token_policies": "prefect-secrets",
	})
	mustSet(t, s.openAs(t, vault.Kubernetes{Role: "serve", JWT: vault.Static(jwt)}), "x", `1`)
	err := s.openAs(t, vault.Kubernetes{Role: "other", JWT: vault.Static(jwt)}).Ping(t.Context())
	if err == nil || !strings.Contains(err.Error(), `login refused by Vault at "auth/kubernetes/login"`) || strings.Contains(err.Error(), jwt) {
		t.Errorf("with another role: %v", err)
	}
}

func unsignedJWT(claims map[string]any) string {
	text, _ := json.Marshal(claims)
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + part(text) + "." + part([]byte("signature"))
}
