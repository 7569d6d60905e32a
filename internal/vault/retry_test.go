package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
	"github.com/prefect-secrets/prefect-secrets/internal/vault/vaulttest"
)

// answering makes the fake's KV engine answer in its place so many times.
func answering(f *vaulttest.Fake, times int, answer http.HandlerFunc) (asked *int) {
	asked = new(int)
	f.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/v1/secret/") {
			return false
		}
		*asked++
		if *asked <= times {
			answer(w, r)
			return true
		}
		return false
	}
	return asked
}

func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func dropped(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestWhatPassesIsTriedAgain(t *testing.T) {
	tests := map[string]struct {
		answer  http.HandlerFunc
		atLeast time.Duration
	}{
		"412":                    {status(412, `{"errors":[]}`), 0},
		"429 with Retry-After":   {status(429, `{"errors":["rate limit quota exceeded"]}`, "Retry-After: 3"), 6 * time.Second},
		"429":                    {status(429, ``), 0},
		"500":                    {status(500, `{"errors":["internal error"]}`), 0},
		"502 of a proxy":         {status(502, `<html>`), 0},
		"503 sealed":             {status(503, `{"errors":["Vault is sealed"]}`), 0},
		"503 without a leader":   {status(503, `{"errors":["no active node"]}`), 0},
		"503 with a longer wait": {status(503, ``, "Retry-After: 5"), 10 * time.Second},
		"a lost connection":      {dropped, 0},
		"a mount that is starting": {status(400,
			`{"errors":["Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will resume service shortly."]}`), 0},
	}
	operations := map[string]func(context.Context, cloud.Store) error{
		"Set": func(ctx context.Context, s cloud.Store) error {
			return second(s.Set(ctx, tenant, "x", json.RawMessage(`1`), "ci", false))
		},
		"Get":    func(ctx context.Context, s cloud.Store) error { return second(s.Get(ctx, tenant, "y")) },
		"Names":  func(ctx context.Context, s cloud.Store) error { return second(s.Names(ctx, tenant)) },
		"Info":   func(ctx context.Context, s cloud.Store) error { return second(s.Info(ctx, tenant, "y")) },
		"Delete": func(ctx context.Context, s cloud.Store) error { return s.Delete(ctx, tenant, "x") },
	}
	for name, tt := range tests {
		for method, do := range operations {
			t.Run(name+", "+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := vaulttest.NewFake()
					s := open(t, f)
					set(t, s, "y", `1`, false)
					start, asked := time.Now(), answering(f, 2, tt.answer)
					err := do(t.Context(), s)
					if took := time.Since(start); err != nil || *asked != 3 || took < tt.atLeast || took == 0 {
						t.Errorf("%v after %d requests in %v", err, *asked, took)
					}
				})
			})
		}
	}
}

func TestWhatStaysIsNotTriedAgain(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"400":             {status(400, `{"errors":["bad"]}`), "400 Bad Request"},
		"no mount":        {status(404, `{"errors":["no handler for route \"secret/data/x\". route entry not found."]}`), "mount a KV engine"},
		"405":             {status(405, `{"errors":["unsupported operation"]}`), "405"},
		"413":             {status(413, `{"errors":["request body too large"]}`), "request body too large"},
		"a login page":    {status(302, ``, "Location: http://elsewhere.test/login"), "302"},
		"KV of version 1": {status(204, ``), "KV engine of version 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := vaulttest.NewFake()
			s := open(t, f)
			asked := answering(f, 100, tt.answer)
			_, err := s.Set(t.Context(), tenant, "x", json.RawMessage(`"`+canary+`"`), "ci", false)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "CANARY") || vault.Temporary(err) {
				t.Errorf("%v, want %q in it", err, tt.want)
			}
			if *asked != 1 && name != "a login page" {
				t.Errorf("%d requests", *asked)
			}
		})
	}
}

func TestDeniedSaysWhatThePolicyLacks(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f)
	answering(f, 1000, status(403, `{"errors":["1 error occurred:\n\t* permission denied\n\n"]}`))
	ctx := t.Context()
	tests := map[string]struct {
		err  error
		want string
	}{
		"Set":    {second(s.Set(ctx, tenant, "x", json.RawMessage(`1`), "ci", false)), `create and update on "secret/data/` + place + `x"`},
		"Get":    {second(s.Get(ctx, tenant, "x")), `read on "secret/data/` + place + `x"`},
		"Info":   {second(s.Info(ctx, tenant, "x")), `read on "secret/data/` + place + `x"`},
		"Names":  {second(s.Names(ctx, tenant)), `list on "secret/metadata/` + place[:len(place)-1] + `"`},
		"Delete": {s.Delete(ctx, tenant, "x"), `delete on "secret/metadata/` + place + `x"`},
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
		s := open(t, f)
		f.Seal(true)
		time.AfterFunc(10*time.Second, func() { f.Seal(false) })
		set(t, s, "x", `1`, false)
		f.Seal(true)
		start := time.Now()
		_, err := s.Get(t.Context(), tenant, "x")
		if took := time.Since(start); err == nil || !strings.Contains(err.Error(), "Vault is sealed") || took > vault.DefaultPatience || took < vault.DefaultPatience-4*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if !vault.Temporary(err) || !vault.Temporary(s.Ping(t.Context())) {
			t.Error("a sealed vault is not momentary")
		}
	})
}

func TestPingIsNotTriedAgain(t *testing.T) {
	f := vaulttest.NewFake()
	s := open(t, f)
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
		s := open(t, f)
		f.Seal(true)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		err := second(s.Names(ctx, tenant))
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
		s := open(t, f)
		answering(f, 1, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		set(t, s, "x", `1`, false)
	})
}

// Whatever stands between may repeat the request in its answer.
func TestErrorsHoldNoValueAndNoToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for code := 201; code < 600; code++ {
			f := vaulttest.NewFake()
			token := "CANARY-token"
			f.AddToken(token)
			s := open(t, f, func(c *vault.Config) { c.Login = vault.Token{Token: vault.Static(token)} })
			f.Before = func(w http.ResponseWriter, r *http.Request) bool {
				body, _ := io.ReadAll(r.Body)
				echo, _ := json.Marshal(map[string]any{"errors": []string{"refused: " + r.Header.Get("X-Vault-Token") + string(body)}})
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
