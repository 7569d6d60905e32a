package server

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// busyAnswer is the answer while the audit log cannot be written, or if no turn or
// connection is free in time. Prefect's clients retry after it.
const busyAnswer = `{"errors":[{"message":"` + cloud.BusyMessage + `","extensions":{"code":"API_ERROR"}}]}` + "\n"

// noKeysAnswer is the answer to a token whose issuer's keys are not known.
const noKeysAnswer = `{"errors":[{"message":"` +
	`The token cannot be verified now, because its issuer does not answer. Try again.` +
	`","extensions":{"code":"API_ERROR"}}]}` + "\n"

// withLimits holds requests to the bounds, the transfer of bodies and answers to a
// pace, and all of it to a time.
func (s *Server) withLimits(next http.Handler, limit time.Duration) http.Handler {
	t := s.config.timeouts
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		share := &requestOf(r.Context()).share
		defer share.close()
		share.deadline = begin.Add(limit)
		paced := newPacedWriter(w, share.deadline, cmp.Or(t.grace, grace), share.answer.blocksOthers)
		share.conn = paced.conn
		r.Body = newPacedBody(paced, r.Body, begin.Add(cmp.Or(t.read, readTimeout)))
		next.ServeHTTP(paced, r)
	})
}

// withTimeout bounds the time of handlers that take no turn of the API's.
func withTimeout(next http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func writeUnavailable(w http.ResponseWriter, body string) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Retry-After", "1")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(body))
}
