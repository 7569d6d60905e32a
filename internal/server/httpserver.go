package server

import (
	"cmp"
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Bounds on one connection and one request.
const (
	requestTimeout = 30 * time.Second // the work on a request
	headerTimeout  = 10 * time.Second // to send a request's headers
	readTimeout    = 30 * time.Second // to send a request
	writeTimeout   = 75 * time.Second // from its headers to the last byte of its answer
	idleTimeout    = 2 * time.Minute  // between requests, for a client with a key
	maxHeader      = 16 << 10         // bytes; net/http adds 4 KiB of slack
	spareConns     = 16               // beyond the maximum, for health checks only
)

// timeouts replace those bounds in tests that need shorter ones.
type timeouts struct{ header, read, write, request, patience, grace time.Duration }

func (s *Server) httpServer(h http.Handler) *http.Server {
	t := s.config.timeouts
	return trackConns(&http.Server{
		Handler:           withConn(h),
		ReadHeaderTimeout: cmp.Or(t.header, headerTimeout),
		ReadTimeout:       cmp.Or(t.read, readTimeout),
		WriteTimeout:      cmp.Or(t.write, writeTimeout),
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ConnState:         s.config.connState,
		ErrorLog:          log.New(debugWriter{s.config.Log}, "", 0),
	})
}

// limitConns bounds the connections that a listener has open at once.
func (s *Server) limitConns(l net.Listener, limit int, count *atomic.Int64) *limitListener {
	return newLimitListener(l, limit, spareConns, cmp.Or(s.config.timeouts.header, headerTimeout), count)
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
