package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

// intercept makes handler answer the first requests to the fake's KV engine. It counts
// them all.
func intercept(f *vaulttest.Fake, times int, handler http.HandlerFunc) (requests *atomic.Int32) {
	requests = new(atomic.Int32)
	f.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/v1/secret/") {
			return false
		}
		if int(requests.Add(1)) <= times {
			handler(w, r)
			return true
		}
		return false
	}
	return requests
}

func respond(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func dropConnection(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestTemporaryErrorsAreRetried(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		minWait time.Duration
	}{
		"412":                    {respond(412, `{"errors":[]}`), 0},
		"429 with Retry-After":   {respond(429, `{"errors":["rate limit quota exceeded"]}`, "Retry-After: 3"), 6 * time.Second},
		"429":                    {respond(429, ``), 0},
		"500":                    {respond(500, `{"errors":["internal error"]}`), 0},
		"502 of a proxy":         {respond(502, `<html>`), 0},
		"503 sealed":             {respond(503, `{"errors":["Vault is sealed"]}`), 0},
		"503 without a leader":   {respond(503, `{"errors":["no active node"]}`), 0},
		"503 with a longer wait": {respond(503, ``, "Retry-After: 5"), 10 * time.Second},
		"a lost connection":      {dropConnection, 0},
		"a mount that is starting": {respond(400,
			`{"errors":["Upgrading from non-versioned to versioned data. `+
				`This backend will be unavailable for a brief period and will resume service shortly."]}`), 0},
	}
	operations := map[string]func(context.Context, cloud.Store) error{
		"Set": func(ctx context.Context, s cloud.Store) error {
			return errOf(s.Set(ctx, tenant, "x", json.RawMessage(`1`), "ci", false))
		},
		"Get":    func(ctx context.Context, s cloud.Store) error { return errOf(s.Get(ctx, tenant, "y")) },
		"Names":  func(ctx context.Context, s cloud.Store) error { return errOf(s.Names(ctx, tenant)) },
		"Info":   func(ctx context.Context, s cloud.Store) error { return errOf(s.Info(ctx, tenant, "y")) },
		"Delete": func(ctx context.Context, s cloud.Store) error { return s.Delete(ctx, tenant, "x") },
	}
	for name, tt := range tests {
		for method, run := range operations {
			t.Run(name+", "+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := vaulttest.NewFake()
					s := newStore(t, f)
					mustSet(t, s, "y", `1`, false)
					start, requests := time.Now(), intercept(f, 2, tt.handler)
					err := run(t.Context(), s)
					if took := time.Since(start); err != nil || requests.Load() != 3 || took < tt.minWait || took == 0 {
						t.Errorf("%v after %d requests in %v", err, requests.Load(), took)
					}
				})
			})
		}
	}
}

func TestOtherErrorsAreNotRetried(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"400":             {respond(400, `{"errors":["bad"]}`), "400 Bad Request"},
		"no mount":        {respond(404, `{"errors":["no handler for route \"secret/data/x\". route entry not found."]}`), "mount a KV engine"},
		"405":             {respond(405, `{"errors":["unsupported operation"]}`), "405"},
		"413":             {respond(413, `{"errors":["request body too large"]}`), "request body too large"},
		"a login page":    {respond(302, ``, "Location: http://elsewhere.test/login"), "302"},
		"KV of version 1": {respond(204, ``), "KV engine of version 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := vaulttest.NewFake()
			s := newStore(t, f)
			requests := intercept(f, 100, tt.handler)
			_, err := s.Set(t.Context(), tenant, "x", json.RawMessage(`"`+canary+`"`), "ci", false)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY") || vault.Temporary(err) {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
			if requests.Load() != 1 && name != "a login page" {
				t.Errorf("%d requests", requests.Load())
			}
		})
	}
}

func TestDeniedSaysWhatThePolicyLacks(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	intercept(f, 1000, respond(403, `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`))
	ctx := t.Context()
	tests := map[string]struct {
		err  error
		want string
	}{
		"Set":    {errOf(s.Set(ctx, tenant, "x", json.RawMessage(`1`), "ci", false)), `create and update on "secret/data/` + folder + `x"`},
		"Get":    {errOf(s.Get(ctx, tenant, "x")), `read on "secret/data/` + folder + `x"`},
		"Info":   {errOf(s.Info(ctx, tenant, "x")), `read on "secret/data/` + folder + `x"`},
		"Names":  {errOf(s.Names(ctx, tenant)), `list on "secret/metadata/` + folder[:len(folder)-1] + `"`},
		"Delete": {s.Delete(ctx, tenant, "x"), `delete on "secret/metadata/` + folder + `x"`},
	}
	for method, tt := range tests {
		if tt.err == nil || !strings.HasSuffix(tt.err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", method, tt.err, tt.want)
		}
	}
}

func TestSealedVaultIsWaitedForAndThenGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := newStore(t, f)
		f.Seal(true)
		time.AfterFunc(10*time.Second, func() { f.Seal(false) })
		mustSet(t, s, "x", `1`, false)
		f.Seal(true)
		start := time.Now()
		_, err := s.Get(t.Context(), tenant, "x")
		const patience = 15 * time.Second // the default
		took := time.Since(start)
		if err == nil || !strings.Contains(err.Error(), "Vault is sealed") || took > patience || took < patience-4*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if !vault.Temporary(err) || !vault.Temporary(s.Ping(t.Context())) {
			t.Error("a sealed vault is not temporary")
		}
	})
}

func TestPingIsNotRetried(t *testing.T) {
	f := vaulttest.NewFake()
	s := newStore(t, f)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Seal(true)
	f.Requests()
	if err := s.Ping(t.Context()); err == nil || len(f.Requests()) != 1 {
		t.Errorf("Ping of a sealed vault: %v", err)
	}
}

func TestCancellationEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := newStore(t, f)
		f.Seal(true)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		err := errOf(s.Names(ctx, tenant))
		if !errors.Is(err, context.Canceled) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Delete(ctx, tenant, "x"); err == nil || time.Since(start) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func TestHangingConnectionIsGivenUpWhileThereIsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := vaulttest.NewFake()
		s := newStore(t, f)
		intercept(f, 1, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		mustSet(t, s, "x", `1`, false)
	})
}

// A proxy may repeat the request in its response.
func TestErrorsHoldNoValueAndNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for code := 201; code < 600; code++ {
			f := vaulttest.NewFake()
			token := "CANARY-token"
			f.AddToken(token)
			s := newStore(t, f, func(c *vault.Config) { c.Login = vault.Token{Token: vault.Static(token)} })
			f.Before = func(w http.ResponseWriter, r *http.Request) bool {
				body, _ := io.ReadAll(r.Body)
				msg := "refused: " + r.Header.Get("X-Vault-Token") + string(body)
				echo, _ := json.Marshal(map[string]any{"errors": []string{msg}})
				w.WriteHeader(code)
				_, _ = w.Write(echo)
				return true
			}
			for _, compare := range []bool{false, true} {
				_, err := s.Set(t.Context(), tenant, "x", json.RawMessage(`"`+canary+`"`), "ci", compare)
				if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "CANARY") {
					t.Errorf("%d: %v", code, err)
				}
			}
		}
	})
}
