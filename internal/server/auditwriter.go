package server

import "net/http"

// withAudit refuses requests while the audit log cannot be written, and lets no answer
// begin before the lines of its request are written.
func (s *Server) withAudit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.config.Audit.checkWritable(); err != nil {
			s.config.Log.Error("the audit log cannot be written; requests are refused", "error", err.Error())
			writeUnavailable(w, busyAnswer)
			return
		}
		req := requestOf(r.Context())
		out := &auditWriter{ResponseWriter: w, writeLines: func() error { return s.writeLines(req) }}
		defer out.ready()
		next.ServeHTTP(out, r)
	})
}

// auditWriter withholds an answer until the lines of its request are written. If they
// cannot be written it answers API_ERROR instead.
type auditWriter struct {
	http.ResponseWriter
	writeLines      func() error
	started, failed bool
}

// ready writes the lines and reports whether the answer may go on.
func (w *auditWriter) ready() bool {
	if w.failed || w.writeLines() == nil {
		return !w.failed
	}
	w.failed = true
	if w.started {
		panic(http.ErrAbortHandler)
	}
	w.clearHeaders()
	writeUnavailable(w.ResponseWriter, busyAnswer)
	return false
}

// clearHeaders removes the headers of an answer that does not go out.
func (w *auditWriter) clearHeaders() {
	for name := range w.Header() {
		if name != headerRequest {
			w.Header().Del(name)
		}
	}
}

func (w *auditWriter) WriteHeader(status int) {
	if status < http.StatusOK {
		w.ResponseWriter.WriteHeader(status)
	} else if w.ready() {
		w.started = true
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *auditWriter) Write(b []byte) (int, error) {
	if !w.ready() {
		return len(b), nil
	}
	w.started = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *auditWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
