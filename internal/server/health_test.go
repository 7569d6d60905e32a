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

// fragile is a store that can be sealed, and that can be made to wait.
type fragile struct {
	*cloud.Memory
	sealed atomic.Bool
	pings  atomic.Int64
	// Held, if set, is received from before a value is read; entered is told.
	held, entered chan struct{}
}

func (f *fragile) Ping(ctx context.Context) error {
	f.pings.Add(1)
	return f.state()
}

func (f *fragile) state() error {
	if f.sealed.Load() {
		return errors.New("Vault is sealed")
	}
	return nil
}

func (f *fragile) Get(ctx context.Context, tenant, name string) (json.RawMessage, error) {
	if err := f.state(); err != nil {
		return nil, err
	}
	if f.held != nil {
		f.entered <- struct{}{}
		select {
		case <-f.held:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return f.Memory.Get(ctx, tenant, name)
}

func (f *fragile) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (bool, error) {
	if err := f.state(); err != nil {
		return false, err
	}
	return f.Memory.Set(ctx, tenant, name, value, writer, compare)
}

func newFragile(t *testing.T, change ...func(*Config)) (*rig, *fragile) {
	t.Helper()
	f := &fragile{}
	r := newRig(t, "", append(change, func(c *Config) {
		f.Memory = c.Store.(*cloud.Memory)
		c.Store = f
	})...)
	return r, f
}

// A sealed store is an error that clients try again after, and mends by itself.
func TestSealedStore(t *testing.T) {
	r, f := newFragile(t)
	r.do(r.admin, set("A", "CANARY")).wants(t, 200, `"success":true`)
	r.get("/readyz").wants(t, 200, `"ready":true`, `"store":"ok"`)
	f.sealed.Store(true)
	r.clock.move(pingInterval)
	r.do(r.runner, value("A")).wants(t, 200, "API_ERROR")
	r.do(r.admin, set("B", "CANARY")).wants(t, 200, "API_ERROR")
	r.get("/readyz").wants(t, 503, `"ready":false`, `"store":"unavailable"`)
	r.get("/healthz").wants(t, 200, "ok")
	r.get("/metrics").wants(t, 200, `prefect_secrets_store_errors_total{operation="get"} 1`, `prefect_secrets_calls_total{operation="set_secret",tenant="data",outcome="API_ERROR"} 1`)
	f.sealed.Store(false)
	r.clock.move(pingInterval)
	r.get("/readyz").wants(t, 200, `"ready":true`)
	r.do(r.runner, value("A")).wants(t, 200, `"CANARY"`)
	if !strings.Contains(r.log.String(), "Vault is sealed") {
		t.Errorf("log: %s", r.log)
	}
	r.clean(t)
}

func TestReadyzAsksOncePerSecond(t *testing.T) {
	r, f := newFragile(t)
	for range 10 {
		r.get("/readyz").wants(t, 200)
	}
	if f.pings.Load() != 1 {
		t.Errorf("%d pings", f.pings.Load())
	}
	r.clock.move(pingInterval)
	r.get("/readyz").wants(t, 200)
	if f.pings.Load() != 2 {
		t.Errorf("%d pings", f.pings.Load())
	}
}

// A stopping server first says that it is not ready, answers what comes all the
// same, then finishes what is in flight.
func TestShutdown(t *testing.T) {
	r, f := newFragile(t, func(c *Config) { c.ShutdownDelay = 300 * time.Millisecond })
	r.do(r.admin, set("A", "v")).wants(t, 200, `"success":true`)
	f.held, f.entered = make(chan struct{}), make(chan struct{}, 1)
	address, stop := r.serve()
	answer := make(chan string, 1)
	go func() { answer <- r.post("http://"+address, r.runner, value("A")) }()
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
	close(f.held)
	if got := <-answer; !strings.Contains(got, `"v"`) {
		t.Errorf("the request in flight got %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// What does not end in time is cut off, and the server says so.
func TestShutdownIsBounded(t *testing.T) {
	r, f := newFragile(t, func(c *Config) { c.ShutdownTimeout = 50 * time.Millisecond })
	r.do(r.admin, set("A", "v"))
	f.held, f.entered = make(chan struct{}), make(chan struct{}, 1)
	address, stop := r.serve()
	answer := make(chan string, 1)
	go func() { answer <- r.post("http://"+address, r.runner, value("A")) }()
	<-f.entered
	if err := stop(); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Error(err)
	}
	if got := <-answer; strings.Contains(got, `"v"`) {
		t.Error(got)
	}
}

// A store that does not answer costs the request its time, not the server.
func TestRequestTime(t *testing.T) {
	r, f := newFragile(t, func(c *Config) { c.timeouts.request = 30 * time.Millisecond })
	f.held, f.entered = make(chan struct{}), make(chan struct{}, 1)
	r.do(r.runner, value("A")).wants(t, 200, "API_ERROR")
	if requestTimeout != 30*time.Second {
		t.Errorf("the request time is %v", requestTimeout)
	}
}

// No metric has a label that a client chose.
func TestMetricsHoldNoNames(t *testing.T) {
	r := newRig(t, "")
	r.do(r.admin, set("CANARY_NAME", "CANARY"))
	r.do("CANARY_KEY", `{ CANARY: secret_names }`)
	r.do(r.admin, `{ CANARY_FIELD }`)
	req := r.requestTo("/CANARY/path", r.admin, bytes.NewReader(nil))
	req.Method = "CANARY"
	r.ask(r.Handler(), req).wants(t, 404)
	r.get("/metrics").wants(t, 200,
		`prefect_secrets_calls_total{operation="set_secret",tenant="data",outcome="ok"} 1`,
		`prefect_secrets_calls_total{operation="none",tenant="",outcome="UNAUTHENTICATED"} 1`,
		`prefect_secrets_http_requests_total{status="404"} 1`,
		`prefect_secrets_http_request_duration_seconds_count 4`,
		`prefect_secrets_store_duration_seconds_bucket{operation="set",le="+Inf"} 1`,
		"prefect_secrets_requests_in_flight 0", "process_resident_memory_bytes")
	if body := r.get("/metrics").body; strings.Contains(body, "CANARY") {
		t.Error(body)
	}
	r.get("/metrics/").wants(t, 404)
}
