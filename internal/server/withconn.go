package server

import (
	"errors"
	"io"
	"net"
	"net/http"
)

// isHealth reports whether a path is answered on a spare connection.
func isHealth(path string) bool { return path == "/healthz" || path == "/readyz" }

// seated keeps the connection of a request open while that is in work, which it is
// from the last byte of its body on.
func withConn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, _ := r.Context().Value(connKey{}).(*limitedConn)
		if s == nil {
			next.ServeHTTP(w, r)
			return
		}
		if r.Body != http.NoBody {
			s.startRequest(r.ContentLength)
		} else {
			s.startRequest(0)
		}
		if !isHealth(r.URL.Path) && !s.makeRegular() {
			w.Header().Set("Connection", "close")
			writeUnavailable(w, busyAnswer)
			return
		}
		if r.Body != http.NoBody {
			r.Body = &requestBody{r.Body, s}
		} else if !s.startWork() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// wholeBody begins a request's work at the end of its body.
type requestBody struct {
	io.ReadCloser
	conn *limitedConn
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) && !b.conn.startWork() {
		return 0, net.ErrClosed
	}
	return n, err
}
