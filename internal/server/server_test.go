package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/keysfile"
)

const (
	dataID = "11111111-1111-4111-8111-111111111111"
	mlID   = "22222222-2222-4222-8222-222222222222"

	tenantsText = "[[tenants]]\nid = \"" + dataID + "\"\nslug = \"data\"\n\n[[tenants]]\nid = \"" + mlID + "\"\nslug = \"ml\"\n\n"
)

// buffer is a log that many write to. Failing makes it refuse, after so many lines.
type buffer struct {
	mu      sync.Mutex
	text    bytes.Buffer
	failing bool
	good    int
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failing && b.good > 0 {
		b.good--
	} else if b.failing {
		n, _ := b.text.Write(p[:len(p)/2])
		return n, fmt.Errorf("no space left on device")
	}
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func (b *buffer) fail(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing = on
}

func (b *buffer) failAfter(lines int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failing, b.good = true, lines
}

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// rig is a server under test with all that it writes to.
type rig struct {
	*Server
	t             *testing.T
	clock         *clock
	log, audit    *buffer
	keysFile      string
	admin, runner string
}

// newRig makes a server of two keys; more stands at the end of its keys file.
func newRig(t *testing.T, more string, change ...func(*Config)) *rig {
	t.Helper()
	r := &rig{t: t, clock: &clock{at: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}, log: &buffer{}, audit: &buffer{}, admin: keysfile.NewKey(), runner: keysfile.NewKey()}
	r.keysFile = filepath.Join(t.TempDir(), "keys.toml")
	r.writeKeys(r.keys() + more)
	c := Config{
		Store: cloud.NewMemory(r.clock.now), KeysFile: r.keysFile, Audit: NewAudit(r.audit, r.clock.now), Now: r.clock.now,
		Log:             LimitLog(slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		ShutdownTimeout: 15 * time.Second, Poll: 10 * time.Millisecond,
	}
	for _, f := range change {
		f(&c)
	}
	var err error
	if r.Server, err = New(c); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) keys() string {
	return "url = \"https://secrets.example.com\"\n" + tenantsText + keyText("ci", "admin", r.admin) + keyText("agent", "runner", r.runner)
}

func sum(key string) [sha256.Size]byte { return sha256.Sum256([]byte(key)) }

func keyText(name, role, key string) string {
	return fmt.Sprintf("[[keys]]\nname = %q\nrole = %q\ntenants = [\"data\"]\nhash = %q\n\n", name, role, keysfile.FormatHash(sum(key)))
}

func (r *rig) writeKeys(text string) {
	r.t.Helper()
	if err := os.WriteFile(r.keysFile, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// serve runs the server on a port of its own until the test or stop ends it.
func (r *rig) serve() (address string, stop func() error) {
	r.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Serve(ctx, listener, nil) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	r.t.Cleanup(func() { _ = stop() })
	return listener.Addr().String(), stop
}

// response is what the server answered.
type response struct {
	status int
	header http.Header
	body   string
}

// do asks the handler, without a socket.
func (r *rig) do(key, query string) response {
	r.t.Helper()
	return r.ask(r.Handler(), r.request(key, query))
}

func (r *rig) send(key, path string, body io.Reader) response {
	r.t.Helper()
	return r.ask(r.Handler(), r.requestTo(path, key, body))
}

func (r *rig) requestTo(url, key string, body io.Reader) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, url, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.RemoteAddr = "192.0.2.7:4711"
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	return req
}

func (r *rig) request(key, query string) *http.Request {
	body, _ := json.Marshal(map[string]string{"query": query})
	return r.requestTo("/", key, bytes.NewReader(body))
}

// oneShot leaves no connection behind that a stopping server would wait for.
var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// post asks over a socket. What goes wrong is the answer.
func (r *rig) post(url, key, query string) string {
	body, _ := json.Marshal(map[string]string{"query": query})
	resp, err := oneShot.Do(r.requestTo(url, key, bytes.NewReader(body)))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (r *rig) get(path string) response {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	h := r.Handler()
	if path == "/metrics" {
		h = r.metricsHandler()
	}
	return r.ask(h, req)
}

func (r *rig) ask(h http.Handler, req *http.Request) response {
	w := &recorder{header: http.Header{}}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	h.ServeHTTP(w, req)
	return response{w.status, w.header, w.body.String()}
}

// recorder is a ResponseWriter; httptest's would do, but for its flushing.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }
func (w *recorder) WriteHeader(s int)   { w.status = s }
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.body.Write(b)
}

func set(name, value string) string {
	return fmt.Sprintf(`mutation { set_secret(input: {name: %q, value: %q}) { success } }`, name, value)
}

func value(name string) string { return fmt.Sprintf(`{ secret_value(name: %q) }`, name) }

// wants fails the test unless the answer holds every text.
func (a response) wants(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("%q is not in %s", text, a.body)
		}
	}
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 1000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s did not happen", what)
}

func TestServesBothRoles(t *testing.T) {
	r := newRig(t, "")
	r.do(r.admin, set("A", "v")).wants(t, 200, `"success":true`)
	r.do(r.runner, value("A")).wants(t, 200, `"v"`)
	r.do(r.admin, value("A")).wants(t, 200, "FORBIDDEN")
	r.do("wrong", value("A")).wants(t, 200, "UNAUTHENTICATED")
	r.do("", value("A")).wants(t, 200, "UNAUTHENTICATED")
}

func TestRotationKeepsBothKeysForAWhile(t *testing.T) {
	r := newRig(t, "")
	access, err := keysfile.Parse("keys.toml", []byte(r.keys()))
	if err != nil {
		t.Fatal(err)
	}
	next := keysfile.NewKey()
	k, err := access.Rotate("ci", r.clock.now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	k.Hash = sum(next)
	if err := r.replaceKeys([]byte(tenantsText + keysfile.Format(k))); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{r.admin, next} {
		r.do(key, set("A", "v")).wants(t, 200, `"success":true`)
		r.do(key, `{ secret { updated_by } }`).wants(t, 200, `"ci"`)
	}
	r.clock.move(time.Hour)
	r.do(r.admin, `{ secret_names }`).wants(t, 200, "UNAUTHENTICATED")
	r.do(next, `{ secret_names }`).wants(t, 200, `["A"]`)
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
	answer := r.do(r.admin, `{ secret_names }`)
	if answer.header.Get("Wrapped") != "yes" || !strings.Contains(answer.body, `"secret_names":[]`) {
		t.Errorf("%+v", answer)
	}
	full := keysfile.NewKey()
	if err := r.replaceKeys([]byte(r.keys() + strings.Replace(keyText("full", "admin", full), `["data"]`, `["ml", "data"]`, 1))); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{full: "true", r.admin: "false", r.runner: "false", "wrong": "false", "": "false"} {
		r.send(key, "/backup", nil).wants(t, 200, "allowed: "+want)
	}
	if audit := r.audit.String(); strings.Count(audit, `"operation":"backup"`) != 5 || !strings.Contains(audit, `"key":"full","operation":"backup","tenant":"","tenant_id":"","name":"","outcome":"ok"`) {
		t.Errorf("audit: %s", audit)
	}
}

func TestPanicEndsOneRequest(t *testing.T) {
	r := newRig(t, "", func(c *Config) {
		c.Wrap = func(*cloud.API) (http.Handler, error) {
			return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("CANARY-panic") }), nil
		}
	})
	r.do(r.admin, `{ secret_names }`).wants(t, 500)
	if log := r.log.String(); strings.Contains(log, "CANARY") || !strings.Contains(log, "ended in a panic") {
		t.Errorf("log: %s", log)
	}
	r.get("/metrics").wants(t, 200, "prefect_secrets_panics_total 1")
	r.get("/healthz").wants(t, 200, "ok")
}

// Who has read the keys file cannot make tokens of a key, a rotated key's tokens
// are good as long as itself, and tokens have no backup.
func TestTokensNeedMoreThanTheKeysFile(t *testing.T) {
	switched := `mutation { switch_tenant(input: {tenant_id: "` + dataID + `"}) { access_token } }`
	a, b := newRig(t, ""), newRig(t, "", func(c *Config) { c.TokenSecret = []byte("shared") })
	token := accessToken(t, a.do(a.admin, switched).body)
	a.do(token, `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
	if err := b.replaceKeys([]byte(a.keys())); err != nil {
		t.Fatal(err)
	}
	b.do(token, `{ secret_names }`).wants(t, 200, "UNAUTHENTICATED")
	if a.AllowsBackup(a.request(token, "")) {
		t.Error("a token had a backup")
	}
	single := strings.Replace(a.keys(), tenantsText[strings.Index(tenantsText, "\n\n"):], "\n\n", 1)
	if err := a.replaceKeys([]byte(single)); err != nil {
		t.Fatal(err)
	}
	if !a.AllowsBackup(a.request(a.admin, "")) || a.AllowsBackup(a.request(token, "")) {
		t.Error("of a single tenant, the key had no backup or its token had one")
	}
	access, err := keysfile.Parse("keys.toml", []byte(a.keys()))
	if err != nil {
		t.Fatal(err)
	}
	k, err := access.Rotate("ci", a.clock.now().Add(30*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	k.Hash = sum("next")
	if err := a.replaceKeys([]byte(tenantsText + keysfile.Format(k))); err != nil {
		t.Fatal(err)
	}
	a.do(token, `{ secret_names }`).wants(t, 200, `"secret_names":[]`)
	a.clock.move(30 * time.Minute)
	a.do(token, `{ secret_names }`).wants(t, 200, "UNAUTHENTICATED")
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
