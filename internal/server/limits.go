package server

import (
	"cmp"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Bounds on one connection and one request.
const (
	// RequestTimeout bounds the work on one request.
	RequestTimeout = 30 * time.Second

	headerTimeout = 10 * time.Second // to send a request's headers
	readTimeout   = 30 * time.Second // to send a request
	writeTimeout  = 75 * time.Second // from its headers to the last byte of its answer
	idleTimeout   = 2 * time.Minute  // between requests
	maxHeader     = 16 << 10         // bytes; net/http adds 4 KiB of slack
)

// timeouts are those bounds where a test needs shorter ones.
type timeouts struct{ header, read, write, request, patience, grace time.Duration }

func (s *Server) httpServer(h http.Handler) *http.Server {
	t := s.config.timeouts
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: cmp.Or(t.header, headerTimeout),
		ReadTimeout:       cmp.Or(t.read, readTimeout),
		WriteTimeout:      cmp.Or(t.write, writeTimeout),
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
}

// secure puts TLS on a listener if there is a certificate.
func (s *Server) secure(l net.Listener) net.Listener {
	if s.cert == nil {
		return l
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion: tls.VersionTLS12, GetCertificate: s.cert.get, NextProtos: []string{"http/1.1"},
	})
}

// limitListener leaves connections unaccepted while as many as it allows are open.
type limitListener struct {
	net.Listener
	free   chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newLimitListener(l net.Listener, limit int) *limitListener {
	return &limitListener{Listener: l, free: make(chan struct{}, limit), closed: make(chan struct{})}
}

// Accept waits for a place and then for a connection.
func (l *limitListener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitedConn{Conn: conn, done: func() { <-l.free }}, nil
}

// Close ends an Accept that waits for a place, too.
func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	once sync.Once
	done func()
}

func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.once.Do(c.done)
	return err
}
