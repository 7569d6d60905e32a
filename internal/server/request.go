package server

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// request is what the server knows of an HTTP request beside what it asks for.
type request struct {
	id            string
	remote        string
	authenticated bool       // whether a key was recognised
	workflow      *workflow  // who it is, if a token of GitHub's said so
	gitHubKey     *cloud.Key // what a token of GitHub's is good for, nil if there is none
	outcomes      outcomes
	share         share // what it has taken of the bounds
}

// headerRequest tells the client under which id the logs have its request.
const headerRequest = "X-Request-Id"

type requestKey struct{}

// requestOf is never nil.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// tracked gives each request an id, which the answer has as X-Request-Id.
func (s *Server) withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		about := &request{id: rand.Text()[:16], remote: s.remote(r)}
		w.Header().Set(headerRequest, about.id)
		seen := &statusWriter{ResponseWriter: w, about: about}
		begin := time.Now()
		s.meter.inFlight.Inc()
		defer func() {
			s.meter.inFlight.Dec()
			s.endPanic(recover(), about, seen)
			s.meter.observeRequest(seen.status, time.Since(begin))
			s.config.Log.Debug("answered", "request", about.id, "remote", about.remote, "status", seen.status, "took", time.Since(begin))
		}()
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestKey{}, about)))
	})
}

// recovered logs a panic by where it happened. What it says may hold anything.
func (s *Server) endPanic(panicked any, about *request, w *statusWriter) {
	if panicked == nil {
		return
	}
	if panicked == http.ErrAbortHandler {
		panic(panicked)
	}
	s.meter.panics.Inc()
	s.config.Log.Error("a request ended in a panic", "request", about.id, "stack", string(debug.Stack()))
	if w.status == 0 {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *Server) remote(r *http.Request) string {
	if s.config.TrustForwardedFor {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if ip := net.ParseIP(strings.TrimSpace(list[len(list)-1])); ip != nil {
			return ip.String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// statusWriter remembers the status of an answer. After one to a stranger the
// connection ends.
type statusWriter struct {
	http.ResponseWriter
	about  *request
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	if !w.about.authenticated {
		w.Header().Set("Connection", "close")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
