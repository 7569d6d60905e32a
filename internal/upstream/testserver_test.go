package upstream_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/upstream"
)

const (
	tenant = "3f2b8c1e-0d47-4a5b-9c6e-7a1d2e3f4a5b"
	canary = "CANARY-2b6f"
)

// forwarded is a request as the upstream received it.
type forwarded struct {
	Path, Body string
	Header     http.Header
}

// testServer is a handler with a store in memory, and its upstream.
type testServer struct {
	*httptest.Server
	mu         sync.Mutex
	received   []forwarded
	answer     http.HandlerFunc // the upstream's; nil means a greeting
	errs       []error
	calls      []cloud.Call
	auditFails bool // the API cannot record calls
}

func (s *testServer) onCall(_ context.Context, c cloud.Call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.auditFails {
		return errors.New("the log is full")
	}
	s.calls = append(s.calls, c)
	return nil
}

func (s *testServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.received = append(s.received, forwarded{r.URL.String(), string(body), r.Header})
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(w, r)
		return
	}
	_, _ = io.WriteString(w, `{"data":{"hello":"👋"}}`)
}

func (s *testServer) requests() []forwarded {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

func newAPI(t testing.TB, onCall func(context.Context, cloud.Call) error) *cloud.API {
	t.Helper()
	api, err := cloud.New(cloud.Config{
		OnCall: onCall, Store: cloud.NewMemory(time.Now), Now: time.Now,
		Tenants: []cloud.Tenant{{ID: tenant, Slug: "data"}},
		Keys: []cloud.Key{
			{Name: "ci", Secret: "admin-key", Role: cloud.Admin, Tenants: []string{tenant}},
			{Name: "agent", Secret: "runner-key", Role: cloud.Runner, Tenants: []string{tenant}},
			{Name: "pr", Secret: "planner-key", Role: cloud.Planner, Tenants: []string{tenant}},
			{Name: "old", Secret: "old-key", Role: cloud.Runner, Tenants: []string{tenant}, Expires: time.Unix(1, 0)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// startServer starts a handler and its upstream. Change, if not nil, changes the
// handler's configuration.
func startServer(t testing.TB, change func(*upstream.Config)) *testServer {
	t.Helper()
	s := &testServer{}
	up := httptest.NewServer(s)
	t.Cleanup(up.Close)
	c := upstream.Config{API: newAPI(t, s.onCall), URL: up.URL + "/graphql", OnError: func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.errs = append(s.errs, err)
	}}
	if change != nil {
		change(&c)
	}
	h, err := upstream.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (s *testServer) newRequest(t testing.TB, path, body string, header ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer runner-key"}, "Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		r.Header.Del(header[i])
		if header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	return r
}

// send sends a request and returns the answer, both unchanged.
func (s *testServer) send(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func (s *testServer) post(t testing.TB, path, body string, header ...string) (int, string) {
	t.Helper()
	answer, text := s.send(t, s.newRequest(t, path, body, header...))
	return answer.StatusCode, strings.TrimSpace(text)
}
