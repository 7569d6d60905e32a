package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// fragileStore is a store that can be sealed, and whose reads can be made to wait.
type fragileStore struct {
	*cloud.Memory
	sealed atomic.Bool
	pings  atomic.Int64
	// A read sends to entered, and waits for release. If release is nil it does neither.
	entered, release chan struct{}
}

func (f *fragileStore) Ping(ctx context.Context) error {
	f.pings.Add(1)
	return f.state()
}

func (f *fragileStore) state() error {
	if f.sealed.Load() {
		return errors.New("Vault is sealed")
	}
	return nil
}

func (f *fragileStore) Get(ctx context.Context, tenant, name string) (json.RawMessage, error) {
	if err := f.state(); err != nil {
		return nil, err
	}
	if f.release != nil {
		f.entered <- struct{}{}
		select {
		case <-f.release:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return f.Memory.Get(ctx, tenant, name)
}

func (f *fragileStore) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	if err := f.state(); err != nil {
		return false, err
	}
	return f.Memory.Set(ctx, tenant, name, value, writer, compare)
}

func newFragileRig(t *testing.T, change ...func(*Config)) (*testServer, *fragileStore) {
	t.Helper()
	f := &fragileStore{}
	r := newRig(t, "", append(change, func(c *Config) {
		f.Memory = c.Store.(*cloud.Memory)
		c.Store = f
	})...)
	return r, f
}

// Clients retry while the store is sealed, and the server recovers without a restart.
func TestSealedStore(t *testing.T) {
	r, f := newFragileRig(t)
	r.query(r.admin, setQuery("A", "CANARY")).check(t, 200, `"success":true`)
	r.get("/readyz").check(t, 200, `"ready":true`, `"store":"ok"`)
	f.sealed.Store(true)
	r.clock.move(pingInterval)
	r.query(r.runner, valueQuery("A")).check(t, 200, "API_ERROR")
	r.query(r.admin, setQuery("B", "CANARY")).check(t, 200, "API_ERROR")
	r.get("/readyz").check(t, 503, `"ready":false`, `"store":"unavailable"`)
	r.get("/healthz").check(t, 200, "ok")
	r.get("/metrics").check(t, 200, `prefect_secrets_store_errors_total{operation="get"} 1`,
		`prefect_secrets_calls_total{operation="set_secret",tenant="data",outcome="API_ERROR"} 1`)
	f.sealed.Store(false)
	r.clock.move(pingInterval)
	r.get("/readyz").check(t, 200, `"ready":true`)
	r.query(r.runner, valueQuery("A")).check(t, 200, `"CANARY"`)
	if !strings.Contains(r.log.String(), "Vault is sealed") {
		t.Errorf("log: %s", r.log)
	}
	r.checkNoLeak(t)
}

func TestReadyzAsksOncePerSecond(t *testing.T) {
	r, f := newFragileRig(t)
	for range 10 {
		r.get("/readyz").check(t, 200)
	}
	if f.pings.Load() != 1 {
		t.Errorf("%d pings", f.pings.Load())
	}
	r.clock.move(pingInterval)
	r.get("/readyz").check(t, 200)
	if f.pings.Load() != 2 {
		t.Errorf("%d pings", f.pings.Load())
	}
}

// A stopping server first reports that it is not ready, while it answers requests as
// before. Then it finishes those in progress.
func TestShutdown(t *testing.T) {
	r, f := newFragileRig(t, func(c *Config) { c.ShutdownDelay = 300 * time.Millisecond })
	r.query(r.admin, setQuery("A", "v")).check(t, 200, `"success":true`)
	f.release, f.entered = make(chan struct{}), make(chan struct{}, 1)
	address, stop := r.start()
	answer := make(chan string, 1)
	go func() { answer <- r.queryURL("http://"+address, r.runner, valueQuery("A")) }()
	<-f.entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	eventually(t, "readyz 503", func() bool {
		resp, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			t.Fatalf("the server stopped accepting before its delay was over: %v", err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode == 503 && strings.Contains(string(body), `"stopping":true`)
	})
	eventually(t, "the closed listener", func() bool {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request in flight: %v", err)
	default:
	}
	close(f.release)
	if got := <-answer; !strings.Contains(got, `"v"`) {
		t.Errorf("the request in flight got %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// Requests that do not end in time are cut off, and the server reports that.
func TestShutdownIsBounded(t *testing.T) {
	r, f := newFragileRig(t, func(c *Config) { c.ShutdownTimeout = 50 * time.Millisecond })
	r.query(r.admin, setQuery("A", "v"))
	f.release, f.entered = make(chan struct{}), make(chan struct{}, 1)
	address, stop := r.start()
	answer := make(chan string, 1)
	go func() { answer <- r.queryURL("http://"+address, r.runner, valueQuery("A")) }()
	<-f.entered
	if err := stop(); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Error(err)
	}
	if got := <-answer; strings.Contains(got, `"v"`) {
		t.Error(got)
	}
}

// A request ends after its time even if the store does not answer.
func TestRequestTime(t *testing.T) {
	r, f := newFragileRig(t, func(c *Config) { c.timeouts.request = 30 * time.Millisecond })
	f.release, f.entered = make(chan struct{}), make(chan struct{}, 1)
	r.query(r.runner, valueQuery("A")).check(t, 200, "API_ERROR")
	if requestTimeout != 30*time.Second {
		t.Errorf("the request time is %v", requestTimeout)
	}
}

// No metric has a label that a client chose.
func TestMetricsHoldNoNames(t *testing.T) {
	r := newRig(t, "")
	r.query(r.admin, setQuery("CANARY_NAME", "CANARY"))
	r.query("CANARY_KEY", `{ CANARY: secret_names }`)
	r.query(r.admin, `{ CANARY_FIELD }`)
	req := r.newRequest("/CANARY/path", r.admin, bytes.NewReader(nil))
	req.Method = "CANARY"
	r.record(r.Handler(), req).check(t, 404)
	r.get("/metrics").check(t, 200,
		`prefect_secrets_calls_total{operation="set_secret",tenant="data",outcome="ok"} 1`,
		`prefect_secrets_calls_total{operation="none",tenant="",outcome="UNAUTHENTICATED"} 1`,
		`prefect_secrets_http_requests_total{status="404"} 1`,
		`prefect_secrets_http_request_duration_seconds_count 4`,
		`prefect_secrets_store_duration_seconds_bucket{operation="set",le="+Inf"} 1`,
		"prefect_secrets_requests_in_flight 0", "process_resident_memory_bytes")
	if body := r.get("/metrics").body; strings.Contains(body, "CANARY") {
		t.Error(body)
	}
	r.get("/metrics/").check(t, 404)
}
