package server

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// maxBodies bounds the bytes of all bodies that are in work at once.
const maxBodies = 64 << 20

// patience is how long a request waits for a place.
const patience = time.Second

// busyAnswer is what a request without a place gets, in the form that Prefect's
// clients try again after.
const busyAnswer = `{"errors":[{"message":"The server is busy. Try again.","extensions":{"code":"API_ERROR"}}]}` + "\n"

// awayAnswer is what a token gets whose issuer has not said what its keys are.
const awayAnswer = `{"errors":[{"message":"The token cannot be verified now, for its issuer does not answer. Try again.","extensions":{"code":"API_ERROR"}}]}` + "\n"

// bounds are places for requests in work and for the bytes of their bodies. What
// a request claims to hold is taken before anybody reads it; one that is refused
// for its key gives it back unread.
type bounds struct {
	requests, bytes *semaphore.Weighted
}

func newBounds(requests int) *bounds {
	return &bounds{semaphore.NewWeighted(int64(requests)), semaphore.NewWeighted(maxBodies)}
}

// enter takes a place, and the weight of the body, or reports false.
func (b *bounds) enter(ctx context.Context, length int64) (leave func(), ok bool) {
	weight := length
	if weight < 0 || weight > cloud.MaxBody {
		weight = cloud.MaxBody
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if b.requests.Acquire(ctx, 1) != nil {
		return nil, false
	}
	if b.bytes.Acquire(ctx, weight) != nil {
		b.requests.Release(1)
		return nil, false
	}
	return func() { b.bytes.Release(weight); b.requests.Release(1) }, true
}

// bounded holds requests to the bounds and to their time.
func (s *Server) bounded(next http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, ok := s.bounds.enter(r.Context(), r.ContentLength)
		if !ok {
			s.meter.busy.Inc()
			unavailable(w, busyAnswer)
			return
		}
		defer leave()
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func unavailable(w http.ResponseWriter, body string) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Retry-After", "1")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(body))
}
