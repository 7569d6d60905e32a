package server

import "net/http"

// audited refuses requests while there is no audit log to write, and lets no answer
// begin before the lines of its request are written.
func (s *Server) audited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.config.Audit.check(); err != nil {
			s.config.Log.Error("the audit log cannot be written; requests are refused", "error", err.Error())
			unavailable(w, busyAnswer)
			return
		}
		about := requestOf(r.Context())
		out := &auditedWriter{ResponseWriter: w, settle: func() error { return s.settle(about) }}
		defer out.settled()
		next.ServeHTTP(out, r)
	})
}

// auditedWriter holds an answer back until its request's lines are written, and puts
// API_ERROR in its place if they cannot be.
type auditedWriter struct {
	http.ResponseWriter
	settle        func() error
	begun, failed bool
}

// settled reports whether the answer may go on.
func (w *auditedWriter) settled() bool {
	if w.failed || w.settle() == nil {
		return !w.failed
	}
	w.failed = true
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	w.forget()
	unavailable(w.ResponseWriter, busyAnswer)
	return false
}

// forget takes back the headers of an answer that does not go out.
func (w *auditedWriter) forget() {
	for name := range w.Header() {
		if name != headerRequest {
			w.Header().Del(name)
		}
	}
}

func (w *auditedWriter) WriteHeader(status int) {
	if status < http.StatusOK {
		w.ResponseWriter.WriteHeader(status)
	} else if w.settled() {
		w.begun = true
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *auditedWriter) Write(b []byte) (int, error) {
	if !w.settled() {
		return len(b), nil
	}
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *auditedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
