package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

const (
	pingInterval = time.Second     // how long an answer of the store counts
	pingTimeout  = 2 * time.Second // how long the store may take to answer
)

// health decides whether the server is ready to serve requests.
type health struct {
	store    cloud.Store
	now      func() time.Time
	stopping atomic.Bool

	mu     sync.Mutex // held while the store is pinged, so that all share one ping
	pinged time.Time
	err    error
}

func newHealth(store cloud.Store, now func() time.Time) *health {
	return &health{store: store, now: now}
}

// pingStore pings the store at most once a second.
func (h *health) pingStore() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if age := h.now().Sub(h.pinged); age >= 0 && age < pingInterval {
		return h.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), pingTimeout)
	defer cancel()
	h.err = h.store.Ping(ctx)
	h.pinged = h.now()
	return h.err
}

func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set(headerNoSniff, "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// alwaysReady is the readiness of a handler that keeps everything in memory.
var alwaysReady = readiness{Ready: true, Store: "ok", Audit: "none", Keys: "ok"}

// WithHealth answers /healthz and /readyz for a handler that is always ready, such as
// one that keeps everything in memory.
func WithHealth(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			healthz(w, r)
		case "/readyz":
			alwaysReady.write(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// readiness is the answer of /readyz. Keys and certificate are "ok" or "stale": the
// file is broken, and its previous text is still in use. That alone does not make a
// server unready, since it would make all replicas unready at once.
type readiness struct {
	Ready       bool   `json:"ready"`
	Stopping    bool   `json:"stopping,omitempty"`
	Store       string `json:"store"`
	Audit       string `json:"audit"`
	Keys        string `json:"keys"`
	Certificate string `json:"certificate,omitempty"`
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) { s.readiness().write(w) }

func (s *Server) readiness() readiness {
	a := readiness{Stopping: s.health.stopping.Load(), Store: "ok", Audit: "ok", Keys: s.keys.state()}
	if s.cert != nil {
		a.Certificate = s.cert.state()
	}
	if s.health.pingStore() != nil {
		a.Store = "unavailable"
	}
	if s.config.Audit.checkWritable() != nil {
		a.Audit = "failing"
	}
	a.Ready = !a.Stopping && a.Store == "ok" && a.Audit == "ok"
	return a
}

func (a readiness) write(w http.ResponseWriter) {
	w.Header().Set(headerNoSniff, "nosniff")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if !a.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(a)
}
