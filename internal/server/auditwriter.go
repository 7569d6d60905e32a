package server

import "net/http"

// audited refuses requests while there is no audit log to write, and lets no answer
// begin before the lines of its request are written.
func (s *Server) withAudit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.config.Audit.checkWritable(); err != nil {
			s.config.Log.Error("the audit log cannot be written; requests are refused", "error", err.Error())
			writeUnavailable(w, busyAnswer)
			return
		}
		about := requestOf(r.Context())
		out := &auditWriter{ResponseWriter: w, writeLines: func() error { return s.writeLines(about) }}
		defer out.mayAnswer()
		next.ServeHTTP(out, r)
	})
}

// auditedWriter holds an answer back until its request's lines are written, and puts
// API_ERROR in its place if they cannot be.
type auditWriter struct {
	http.ResponseWriter
	writeLines      func() error
	started, failed bool
}

// settled reports whether the answer may go on.
func (w *auditWriter) mayAnswer() bool {
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

// forget takes back the headers of an answer that does not go out.
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
	} else if w.mayAnswer() {
		w.started = true
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *auditWriter) Write(b []byte) (int, error) {
	if !w.mayAnswer() {
		return len(b), nil
	}
	w.started = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *auditWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
