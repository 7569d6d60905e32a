package vault_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

func appRole(c *vault.Config) {
	c.Login = vault.AppRole{RoleID: vaulttest.RoleID, SecretID: vault.Static(vaulttest.SecretID)}
}

func kubernetes(c *vault.Config) {
	c.Login = vault.Kubernetes{Role: vaulttest.Role, JWT: vault.Static(vaulttest.JWT)}
}

func TestTokenIsRenewedWithoutRequests(t *testing.T) {
	for name, login := range map[string]func(*vault.Config){
		"AppRole": appRole, "Kubernetes": kubernetes,
		"token": func(c *vault.Config) { c.Login = vault.Token{Token: vault.Static("given")} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := vaulttest.NewFake()
				f.TTL = time.Hour
				f.AddToken("given")
				s := newStore(t, f, login)
				mustSet(t, s, "x", `1`, false)
				logins := f.Logins()
				time.Sleep(100*time.Hour + time.Minute) // no multiple of the time between renewals
				synctest.Wait()
				f.Requests()
				mustSet(t, s, "x", `2`, false)
				if got := f.Requests(); f.Logins() != logins || len(got) != 1 {
					t.Errorf("%d logins, %v", f.Logins(), got)
				}
			})
		})
	}
}

func TestTokenIsReplacedBeforeItsGreatestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		f.TTL, f.MaxTTL = time.Hour, 5*time.Hour
		var lookups atomic.Int32
		f.Before = func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "lookup-self") {
				lookups.Add(1) // sent only after a 403
			}
			return false
		}
		s := newStore(t, f, appRole)
		mustSet(t, s, "x", `1`, false)
		for range 100 {
			time.Sleep(time.Hour)
			mustSet(t, s, "x", `1`, false)
		}
		if n := f.Logins(); n < 20 || n > 30 || lookups.Load() > 0 {
			t.Errorf("%d logins in 100 hours of tokens that last 5, %d requests refused", n, lookups.Load())
		}
	})
}

func TestRenewalOutlivesASealedVault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		f.TTL = time.Hour
		s := newStore(t, f, func(c *vault.Config) { c.Login = vault.Token{Token: vault.Static("given")} })
		f.AddToken("given")
		mustSet(t, s, "x", `1`, false)
		time.Sleep(39 * time.Minute)
		f.Seal(true)
		time.Sleep(12 * time.Minute)
		f.Seal(false)
		time.Sleep(10 * time.Hour)
		mustSet(t, s, "x", `1`, false)
	})
}

func TestRevokedTokenCostsOneLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := newStore(t, f, appRole)
		mustSet(t, s, "x", `1`, false)
		f.Revoke()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { mustSet(t, s, "x", `1`, true) })
		}
		all.Wait()
		if n := f.Logins(); n != 2 {
			t.Errorf("%d logins, want 2", n)
		}
		f.Revoke()
		if err := s.Ping(t.Context()); err != nil || f.Logins() != 3 {
			t.Errorf("Ping: %v, %d logins", err, f.Logins())
		}
	})
}

func TestDenialCostsNoLogin(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f, appRole)
	intercept(f, 100, respond(403, `{"errors":["permission denied"]}`))
	for range 5 {
		if err := s.Delete(t.Context(), tenant, "x"); err == nil {
			t.Error("no error")
		}
	}
	if n := f.Logins(); n != 1 {
		t.Errorf("%d logins, want 1", n)
	}
}

func TestTokenFileIsReloaded(t *testing.T) {
	f := vaulttest.NewFake()
	path := filepath.Join(t.TempDir(), "token")
	writeToken := func(token string) {
		if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeToken("first")
	f.AddToken("first")
	s := newStore(t, f, func(c *vault.Config) { c.Login = vault.Token{Token: vault.File(path)} })
	mustSet(t, s, "x", `1`, false)
	f.Revoke()
	if err := s.Delete(t.Context(), tenant, "x"); err == nil || !strings.Contains(err.Error(), "expired or was revoked") {
		t.Errorf("with a token that has ended: %v", err)
	}
	writeToken("second")
	f.AddToken("second")
	mustSet(t, s, "x", `1`, false)
}

func TestLoginThatIsRefused(t *testing.T) {
	tests := map[string]struct {
		login vault.Login
		want  string
	}{
		"secret id": {vault.AppRole{RoleID: vaulttest.RoleID, SecretID: vault.Static("CANARY")}, "invalid role or secret ID"},
		"mount": {
			vault.AppRole{Mount: "other/", RoleID: vaulttest.RoleID, SecretID: vault.Static(vaulttest.SecretID)},
			`"auth/other/login"`,
		},
		"service token": {vault.Kubernetes{Role: vaulttest.Role, JWT: vault.Static("CANARY")}, `"auth/kubernetes/login"`},
		"no file":       {vault.Kubernetes{Role: vaulttest.Role, JWT: vault.File("/nowhere/token")}, "/nowhere/token"},
		"empty":         {vault.Token{Token: vault.Static("")}, "the token for Vault is empty"},
		"line break":    {vault.Token{Token: vault.Static("CANARY\nX: y")}, "contains spaces or control characters"},
		"failing":       {vault.Token{Token: func() (string, error) { return "", errors.New("no agent") }}, "no agent"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, vaulttest.NewFake(), func(c *vault.Config) { c.Login = tt.login })
			err := s.Ping(t.Context())
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY") {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
		})
	}
}

// The response to a login may come from a proxy, and may repeat what was sent.
func TestLoginAnswersThatHoldNoToken(t *testing.T) {
	tests := map[string]struct {
		code int
		body string
		want string
	}{
		"a page":            {200, `<p>CANARY</p>`, "cannot read"},
		"nothing":           {200, ``, "cannot read"},
		"no content":        {204, ``, "cannot read"},
		"another kind":      {200, `{"lease_duration":"CANARY"}`, "cannot read"},
		"errors and more":   {200, `{"errors":["CANARY"],"more":1}`, "cannot read"},
		"no auth":           {200, `{"data":{"x":"CANARY"}}`, "contains no token"},
		"a missing page":    {404, `<p>CANARY</p>`, "404 Not Found"},
		"an empty 404":      {404, ``, "404 Not Found"},
		"a 404 with data":   {404, `{"data":{"x":"CANARY"}}`, "404 Not Found"},
		"a login page":      {302, `CANARY`, "302 Found"},
		"a refusing proxy":  {403, `CANARY`, "403 Forbidden"},
		"errors of Vault's": {400, `{"errors":["CANARY"]}`, "400 Bad Request"},
	}
	for name, tt := range tests {
		for kind, login := range map[string]func(*vault.Config){"AppRole": appRole, "Kubernetes": kubernetes} {
			t.Run(name+", "+kind, func(t *testing.T) {
				f := vaulttest.NewFake()
				s := newStore(t, f, login)
				f.Before = func(w http.ResponseWriter, r *http.Request) bool {
					respond(tt.code, tt.body)(w, r)
					return true
				}
				err := s.Ping(t.Context())
				if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY") || vault.Temporary(err) {
					t.Errorf("%v, want %q in it", err, tt.want)
				}
			})
		}
	}
}

func TestLoginWaitsAsLongAsItIsAskedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := newStore(t, f, appRole)
		requests := 0
		f.Before = func(w http.ResponseWriter, r *http.Request) bool {
			requests++
			if requests > 1 {
				return false
			}
			respond(429, `{"errors":["rate limit quota exceeded"]}`, "Retry-After: 7")(w, r)
			return true
		}
		start := time.Now()
		mustSet(t, s, "x", `1`, false)
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("the second login came after %v, want 7s", took)
		}
	})
}

// A renewal that hangs is given up, and a later one renews the token.
func TestRenewalThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		f.TTL = time.Hour
		s := newStore(t, f, appRole)
		var hung atomic.Int32 // a handler may outlive the request that it serves
		f.Before = func(_ http.ResponseWriter, r *http.Request) bool {
			if hung.Load() > 1 || !strings.HasSuffix(r.URL.Path, "renew-self") {
				return false
			}
			hung.Add(1)
			<-r.Context().Done()
			return true
		}
		mustSet(t, s, "x", `1`, false)
		time.Sleep(10*time.Hour + time.Minute)
		synctest.Wait()
		f.Requests()
		mustSet(t, s, "x", `1`, false)
		if got := f.Requests(); hung.Load() != 2 || f.Logins() != 1 || len(got) != 1 {
			t.Errorf("%d renewals hung, %d logins, %v", hung.Load(), f.Logins(), got)
		}
	})
}

func TestLoginWaitsForASealedVault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		f.Seal(true)
		time.AfterFunc(5*time.Second, func() { f.Seal(false) })
		mustSet(t, newStore(t, f, kubernetes), "x", `1`, false)
	})
}
