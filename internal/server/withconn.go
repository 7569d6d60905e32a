package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
)

// connKey is the context key of a request's limitedConn.
type connContextKey struct{}

// trackConns gives a server's handlers the connection of each request, and finishes
// the request of a connection when its answer is written.
func trackConns(server *http.Server) *http.Server {
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connContextKey{}, limitedConnOf(conn))
	}
	then := server.ConnState
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		if c := limitedConnOf(conn); c != nil && state == http.StateIdle {
			c.finishRequest()
		}
		if then != nil {
			then(conn, state)
		}
	}
	return server
}

func limitedConnOf(conn net.Conn) *limitedConn {
	if h, ok := conn.(*headerConn); ok {
		conn = h.Conn
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	c, _ := conn.(*limitedConn)
	return c
}

// isHealth reports whether a path is answered on a spare connection.
func isHealth(path string) bool { return path == "/healthz" || path == "/readyz" }

// withConn marks the connection of a request as working from the last byte of the
// request's body on, so that no new connection replaces it before the answer.
func withConn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Context().Value(connContextKey{}).(*limitedConn)
		if c == nil {
			next.ServeHTTP(w, r)
			return
		}
		hasBody := r.Body != http.NoBody
		if hasBody {
			c.startRequest(r.ContentLength)
		} else {
			c.startRequest(0)
		}
		if !isHealth(r.URL.Path) && !c.makeRegular() {
			w.Header().Set("Connection", "close")
			writeUnavailable(w, busyAnswer)
			return
		}
		if hasBody {
			r.Body = &requestBody{r.Body, c}
		} else if !c.startWork() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// requestBody starts the work on a request at the end of its body.
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
