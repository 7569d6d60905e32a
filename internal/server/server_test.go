package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

func TestServesBothRoles(t *testing.T) {
	r := newRig(t, "")
	r.query(r.admin, setQuery("A", "v")).check(t, 200, `"success":true`)
	r.query(r.runner, valueQuery("A")).check(t, 200, `"v"`)
	r.query(r.admin, valueQuery("A")).check(t, 200, "FORBIDDEN")
	r.query("wrong", valueQuery("A")).check(t, 200, "UNAUTHENTICATED")
	r.query("", valueQuery("A")).check(t, 200, "UNAUTHENTICATED")
}

func TestRotationKeepsBothKeysForAWhile(t *testing.T) {
	r := newRig(t, "")
	keyring, err := keysfile.Parse("keys.toml", []byte(r.keys()))
	if err != nil {
		t.Fatal(err)
	}
	next := keysfile.NewKey()
	k, err := keyring.Rotate("ci", r.clock.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	k.Hash = hashOf(next)
	if err := r.replaceKeys([]byte(tenantsText + keysfile.Format(k))); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{r.admin, next} {
		r.query(key, setQuery("A", "v")).check(t, 200, `"success":true`)
		r.query(key, `{ secret { updated_by } }`).check(t, 200, `"ci"`)
	}
	r.clock.move(time.Hour)
	r.query(r.admin, `{ secret_names }`).check(t, 200, "UNAUTHENTICATED")
	r.query(next, `{ secret_names }`).check(t, 200, `["A"]`)
}

func TestWrapAndRoutes(t *testing.T) {
	r := newRig(t, "", func(c *Config) {
		c.Wrap = func(api *cloud.API) (http.Handler, error) {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Wrapped", "yes")
				api.ServeHTTP(w, r)
			}), nil
		}
		c.Routes = func(s *Server) map[string]http.Handler {
			return map[string]http.Handler{"/backup": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = fmt.Fprint(w, "allowed: ", s.AllowsBackup(r))
			})}
		}
	})
	answer := r.query(r.admin, `{ secret_names }`)
	if answer.header.Get("Wrapped") != "yes" || !strings.Contains(answer.body, `"secret_names":[]`) {
		t.Errorf("%+v", answer)
	}
	full := keysfile.NewKey()
	fullText := strings.Replace(keyText("full", "admin", full), `["data"]`, `["ml", "data"]`, 1)
	if err := r.replaceKeys([]byte(r.keys() + fullText)); err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{full: "true", r.admin: "false", r.runner: "false", "wrong": "false", "": "false"}
	for key, want := range tests {
		r.postBody(key, "/backup", nil).check(t, 200, "allowed: "+want)
	}
	const allowed = `"key":"full","operation":"backup","tenant":"","tenant_id":"","name":"","outcome":"ok"`
	audit := r.audit.String()
	if strings.Count(audit, `"operation":"backup"`) != 5 || !strings.Contains(audit, allowed) {
		t.Errorf("audit: %s", audit)
	}
}

func TestPanicEndsOneRequest(t *testing.T) {
	r := newRig(t, "", func(c *Config) {
		c.Wrap = func(*cloud.API) (http.Handler, error) {
			return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("CANARY-panic") }), nil
		}
	})
	r.query(r.admin, `{ secret_names }`).check(t, 500)
	if log := r.log.String(); strings.Contains(log, "CANARY") || !strings.Contains(log, "ended in a panic") {
		t.Errorf("log: %s", log)
	}
	r.get("/metrics").check(t, 200, "prefect_secrets_panics_total 1")
	r.get("/healthz").check(t, 200, "ok")
}

// The keys file is not enough to make tokens. The tokens of a rotated key are valid as
// long as the key. Tokens may not back up.
func TestTokensNeedMoreThanTheKeysFile(t *testing.T) {
	switchTenant := `mutation { switch_tenant(input: {tenant_id: "` + dataID + `"}) { access_token } }`
	a, b := newRig(t, ""), newRig(t, "", func(c *Config) { c.TokenSecret = []byte("shared") })
	token := accessToken(t, a.query(a.admin, switchTenant).body)
	a.query(token, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	if err := b.replaceKeys([]byte(a.keys())); err != nil {
		t.Fatal(err)
	}
	b.query(token, `{ secret_names }`).check(t, 200, "UNAUTHENTICATED")
	if a.AllowsBackup(a.newQuery(token, "")) {
		t.Error("a token may back up")
	}
	single := strings.Replace(a.keys(), tenantsText[strings.Index(tenantsText, "\n\n"):], "\n\n", 1)
	if err := a.replaceKeys([]byte(single)); err != nil {
		t.Fatal(err)
	}
	if !a.AllowsBackup(a.newQuery(a.admin, "")) || a.AllowsBackup(a.newQuery(token, "")) {
		t.Error("with a single tenant, the key may not back up, or its token may")
	}
	keyring, err := keysfile.Parse("keys.toml", []byte(a.keys()))
	if err != nil {
		t.Fatal(err)
	}
	k, err := keyring.Rotate("ci", a.clock.now().Add(30*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	k.Hash = hashOf("next")
	if err := a.replaceKeys([]byte(tenantsText + keysfile.Format(k))); err != nil {
		t.Fatal(err)
	}
	a.query(token, `{ secret_names }`).check(t, 200, `"secret_names":[]`)
	a.clock.move(30 * time.Minute)
	a.query(token, `{ secret_names }`).check(t, 200, "UNAUTHENTICATED")
}

func accessToken(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `"access_token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	if !found || token == "" {
		t.Fatalf("no token in %s", body)
	}
	return token
}
