package server

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// seat is a connection in its place.
type limitedConn struct {
	net.Conn
	listener      *limitListener
	headers       *headerConn  // counts the lines of its requests; nil where nobody does
	firstDeadline time.Time    // when its first request must have begun
	lastRead      atomic.Int64 // when it last sent something, in nanoseconds

	// The lock of the places guards the rest.
	spare        bool
	working      bool      // its request is whole and has no answer yet
	begun        bool      // its first request has begun
	readDeadline time.Time // the read deadline that net/http has set
}

func newLimitedConn(conn net.Conn, p *limitListener) *limitedConn {
	s := &limitedConn{Conn: conn, listener: p, firstDeadline: time.Now().Add(p.firstTimeout)}
	s.touch()
	return s
}

func (s *limitedConn) touch() { s.lastRead.Store(time.Now().UnixNano()) }

func (s *limitedConn) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if n > 0 {
		s.touch()
	}
	return n, err
}

// SetReadDeadline lets nothing before the first request last beyond its time, a TLS
// handshake and the headers together.
func (s *limitedConn) SetReadDeadline(t time.Time) error {
	s.listener.mu.Lock()
	s.readDeadline = t
	if !s.begun && (t.IsZero() || t.After(s.firstDeadline)) {
		t = s.firstDeadline
	}
	s.listener.mu.Unlock()
	return s.Conn.SetReadDeadline(t)
}

// begin is called once the headers of a request are there, with the length of its
// body.
func (s *limitedConn) startRequest(body int64) {
	if s.headers != nil {
		s.headers.startBody(body)
	}
	s.listener.mu.Lock()
	again, until := s.begun, s.readDeadline
	s.begun = true
	s.listener.mu.Unlock()
	if !again {
		_ = s.Conn.SetReadDeadline(until)
	}
}

// work is called once a request is whole. It reports false where the connection has
// lost its place: nobody would get the answer.
func (s *limitedConn) startWork() bool {
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	s.working = true
	return s.listener.conns[s]
}

// rest is called once a request has its answer.
func (s *limitedConn) finishRequest() {
	s.touch()
	if s.headers != nil {
		s.headers.startBody(0)
	}
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	s.working = false
	s.listener.changed.Broadcast()
}

// regular moves a spare connection to another place, if there is one, and reports
// whether it has one.
func (s *limitedConn) makeRegular() bool {
	p := s.listener
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.spare && p.conns[s] && p.makeRoom(false) {
		p.remove(s)
		p.add(s, false)
	}
	return !s.spare
}

// Close gives the place free.
func (s *limitedConn) Close() error {
	s.listener.mu.Lock()
	s.listener.remove(s)
	s.listener.mu.Unlock()
	return s.Conn.Close()
}

// CloseWrite lets net/http end an answer before it drops what it did not read.
func (s *limitedConn) CloseWrite() error {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

type connKey struct{}

// onSeats lets a server's handlers know the seat of each request, and its seats when
// a request has its answer.
func trackConns(server *http.Server) *http.Server {
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, limitedConnOf(conn))
	}
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		if s := limitedConnOf(conn); s != nil && state == http.StateIdle {
			s.finishRequest()
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
	s, _ := conn.(*limitedConn)
	return s
}
