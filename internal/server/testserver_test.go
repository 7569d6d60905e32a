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

	tenantsText = "[[tenants]]\nid = \"" + dataID + "\"\nslug = \"data\"\n\n" +
		"[[tenants]]\nid = \"" + mlID + "\"\nslug = \"ml\"\n\n"
)

// clockStart is when the clock of a testServer starts.
var clockStart = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// buffer is a log for concurrent use. If failing, writes fail after so many good ones.
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

// clock is a clock that tests move.
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

// testServer is a server under test, its logs and the keys of its keys file.
type testServer struct {
	*Server
	t             *testing.T
	clock         *clock
	log, audit    *buffer
	keysFile      string
	admin, runner string
}

// newRig makes a server with two keys; more is appended to its keys file.
func newRig(t *testing.T, more string, change ...func(*Config)) *testServer {
	t.Helper()
	r := &testServer{
		t: t, clock: &clock{at: clockStart}, log: &buffer{}, audit: &buffer{},
		admin: keysfile.NewKey(), runner: keysfile.NewKey(),
	}
	r.keysFile = filepath.Join(t.TempDir(), "keys.toml")
	r.writeKeys(r.keys() + more)
	c := Config{
		Store:           cloud.NewMemory(r.clock.now),
		KeysFile:        r.keysFile,
		Audit:           NewAudit(r.audit, r.clock.now),
		Now:             r.clock.now,
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

func (r *testServer) keys() string {
	return "url = \"https://secrets.example.com\"\n" + tenantsText +
		keyText("ci", "admin", r.admin) + keyText("agent", "runner", r.runner)
}

func hashOf(key string) [sha256.Size]byte { return sha256.Sum256([]byte(key)) }

func keyText(name, role, key string) string {
	return fmt.Sprintf("[[keys]]\nname = %q\nrole = %q\ntenants = [\"data\"]\nhash = %q\n\n",
		name, role, keysfile.FormatHash(hashOf(key)))
}

func (r *testServer) writeKeys(text string) {
	r.t.Helper()
	if err := os.WriteFile(r.keysFile, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// start runs the server on a free port until the test or stop ends it.
func (r *testServer) start() (address string, stop func() error) {
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

// response is an answer of the server.
type response struct {
	status int
	header http.Header
	body   string
}

// query sends a query to the handler, without a socket.
func (r *testServer) query(key, query string) response {
	r.t.Helper()
	return r.record(r.Handler(), r.newQuery(key, query))
}

func (r *testServer) postBody(key, path string, body io.Reader) response {
	r.t.Helper()
	return r.record(r.Handler(), r.newRequest(path, key, body))
}

func (r *testServer) newRequest(url, key string, body io.Reader) *http.Request {
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

func (r *testServer) newQuery(key, query string) *http.Request {
	body, _ := json.Marshal(map[string]string{"query": query})
	return r.newRequest("/", key, bytes.NewReader(body))
}

// httpClient keeps no connection, for which a stopping server would wait.
var httpClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// queryURL sends a query over a socket. It returns the body of the answer, or the text
// of the error.
func (r *testServer) queryURL(url, key, query string) string {
	body, _ := json.Marshal(map[string]string{"query": query})
	resp, err := httpClient.Do(r.newRequest(url, key, bytes.NewReader(body)))
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

func (r *testServer) get(path string) response {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	h := r.Handler()
	if path == "/metrics" {
		h = r.metricsHandler()
	}
	return r.record(h, req)
}

func (r *testServer) record(h http.Handler, req *http.Request) response {
	w := &recorder{header: http.Header{}}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	h.ServeHTTP(w, req)
	return response{w.status, w.header, w.body.String()}
}

// recorder is a ResponseWriter that, unlike httptest's, is not a Flusher.
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

func setQuery(name, value string) string {
	return fmt.Sprintf(`mutation { set_secret(input: {name: %q, value: %q}) { success } }`, name, value)
}

func valueQuery(name string) string { return fmt.Sprintf(`{ secret_value(name: %q) }`, name) }

// check fails the test unless the answer has the status and contains every text.
func (a response) check(t *testing.T, status int, texts ...string) {
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
