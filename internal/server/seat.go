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
type seat struct {
	net.Conn
	places *places
	head   *head        // counts the lines of its requests; nil where nobody does
	first  time.Time    // when its first request must have begun
	heard  atomic.Int64 // when it last sent something, in nanoseconds

	// The lock of the places guards the rest.
	spare   bool
	working bool      // its request is whole and has no answer yet
	begun   bool      // its first request has begun
	until   time.Time // the read deadline that net/http has set
}

func newSeat(conn net.Conn, p *places) *seat {
	s := &seat{Conn: conn, places: p, first: time.Now().Add(p.patience)}
	s.hear()
	return s
}

func (s *seat) hear() { s.heard.Store(time.Now().UnixNano()) }

func (s *seat) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	if n > 0 {
		s.hear()
	}
	return n, err
}

// SetReadDeadline lets nothing before the first request last beyond its time, a TLS
// handshake and the headers together.
func (s *seat) SetReadDeadline(t time.Time) error {
	s.places.mu.Lock()
	s.until = t
	if !s.begun && (t.IsZero() || t.After(s.first)) {
		t = s.first
	}
	s.places.mu.Unlock()
	return s.Conn.SetReadDeadline(t)
}

// begin is called once the headers of a request are there, with the length of its
// body.
func (s *seat) begin(body int64) {
	if s.head != nil {
		s.head.begin(body)
	}
	s.places.mu.Lock()
	again, until := s.begun, s.until
	s.begun = true
	s.places.mu.Unlock()
	if !again {
		_ = s.Conn.SetReadDeadline(until)
	}
}

// work is called once a request is whole. It reports false where the connection has
// lost its place: nobody would get the answer.
func (s *seat) work() bool {
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	s.working = true
	return s.places.seats[s]
}

// rest is called once a request has its answer.
func (s *seat) rest() {
	s.hear()
	if s.head != nil {
		s.head.begin(0)
	}
	s.places.mu.Lock()
	defer s.places.mu.Unlock()
	s.working = false
	s.places.change.Broadcast()
}

// regular moves a spare connection to another place, if there is one, and reports
// whether it has one.
func (s *seat) regular() bool {
	p := s.places
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.spare && p.seats[s] && p.room(false) {
		p.remove(s)
		p.add(s, false)
	}
	return !s.spare
}

// Close gives the place free.
func (s *seat) Close() error {
	s.places.mu.Lock()
	s.places.remove(s)
	s.places.mu.Unlock()
	return s.Conn.Close()
}

// CloseWrite lets net/http end an answer before it drops what it did not read.
func (s *seat) CloseWrite() error {
	if c, ok := s.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

type seatKey struct{}

// onSeats lets a server's handlers know the seat of each request, and its seats when
// a request has its answer.
func onSeats(server *http.Server) *http.Server {
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, seatKey{}, seatOf(conn))
	}
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		if s := seatOf(conn); s != nil && state == http.StateIdle {
			s.rest()
		}
	}
	return server
}

func seatOf(conn net.Conn) *seat {
	if h, ok := conn.(*head); ok {
		conn = h.Conn
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	s, _ := conn.(*seat)
	return s
}
