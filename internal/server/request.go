package server

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// request is what the server knows about an HTTP request besides its content.
type request struct {
	id            string
	remote        string
	authenticated bool       // whether a key was recognised
	workflow      *workflow  // the workflow, for GitHub OIDC requests
	gitHubKey     *cloud.Key // the key for its token; nil without a valid one
	calls         requestCalls
	share         share // of the bounds
}

// headerRequest has the request's id in the logs, for the client.
const headerRequest = "X-Request-Id"

// headerNoSniff is in every answer, so that browsers take none for what it is not.
const headerNoSniff = "X-Content-Type-Options"

var noSniff = []string{"nosniff"} // never changed

type requestContextKey struct{}

// requestOf returns the request of a context, an empty one if there is none.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestContextKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// withRequestID gives each request an id, which its answer has as X-Request-Id. It
// counts, times and logs the request, and recovers from its panics.
func (s *Server) withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{id: rand.Text()[:16], remote: s.remote(r)}
		w.Header()[headerRequest], w.Header()[headerNoSniff] = []string{req.id}, noSniff
		out := &statusWriter{ResponseWriter: w, req: req}
		begin := time.Now()
		s.meter.inFlight.Inc()
		defer func() {
			s.meter.inFlight.Dec()
			s.endPanic(recover(), req, out)
			s.meter.observeRequest(out.status, time.Since(begin))
			s.logAnswered(r.Context(), req, out.status, begin)
		}()
		next.ServeHTTP(out, r.WithContext(context.WithValue(r.Context(), requestContextKey{}, req)))
	})
}

// logAnswered logs a request at level debug.
func (s *Server) logAnswered(ctx context.Context, req *request, status int, begin time.Time) {
	if s.config.Log.Enabled(ctx, slog.LevelDebug) { // to pass the values costs memory even if nothing is logged
		s.config.Log.Debug("answered",
			"request", req.id, "remote", req.remote, "status", status, "took", time.Since(begin))
	}
}

// endPanic logs the stack of a panic and answers 500. The panic value is not logged:
// it may hold a secret.
func (s *Server) endPanic(recovered any, req *request, w *statusWriter) {
	if recovered == nil {
		return
	}
	if recovered == http.ErrAbortHandler {
		panic(recovered)
	}
	s.meter.panics.Inc()
	s.config.Log.Error("a request ended in a panic", "request", req.id, "stack", string(debug.Stack()))
	if w.status == 0 {
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// remote returns the client's address.
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

// statusWriter remembers the status of an answer. It closes the connection after an
// answer to a client without a recognised key.
type statusWriter struct {
	http.ResponseWriter
	req    *request
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	if !w.req.authenticated {
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
