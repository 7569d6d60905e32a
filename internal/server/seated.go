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
func seated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, _ := r.Context().Value(seatKey{}).(*seat)
		if s == nil {
			next.ServeHTTP(w, r)
			return
		}
		if r.Body != http.NoBody {
			s.begin(r.ContentLength)
		} else {
			s.begin(0)
		}
		if !isHealth(r.URL.Path) && !s.regular() {
			w.Header().Set("Connection", "close")
			unavailable(w, busyAnswer)
			return
		}
		if r.Body != http.NoBody {
			r.Body = &wholeBody{r.Body, s}
		} else if !s.work() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// wholeBody begins a request's work at the end of its body.
type wholeBody struct {
	io.ReadCloser
	seat *seat
}

func (b *wholeBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) && !b.seat.work() {
		return 0, net.ErrClosed
	}
	return n, err
}
