package server

import (
	"net"
	"sync/atomic"
	"time"
)

// limitedConn is a connection of a limitListener.
type limitedConn struct {
	net.Conn
	listener      *limitListener
	headers       *headerConn  // nil without a headerListener
	firstDeadline time.Time    // when its first request must have begun
	lastRead      atomic.Int64 // when its client last sent something, in nanoseconds

	// The listener's lock guards the rest.
	spare        bool
	working      bool      // its request has been read and is not answered yet
	begun        bool      // its first request has begun
	readDeadline time.Time // as net/http set it
}

func newLimitedConn(conn net.Conn, l *limitListener) *limitedConn {
	c := &limitedConn{Conn: conn, listener: l, firstDeadline: time.Now().Add(l.firstTimeout)}
	c.touch()
	return c
}

func (c *limitedConn) touch() { c.lastRead.Store(time.Now().UnixNano()) }

func (c *limitedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.touch()
	}
	return n, err
}

// SetReadDeadline sets the deadline, but no later one than firstDeadline until the
// first request has begun. That bounds a TLS handshake and the headers together.
func (c *limitedConn) SetReadDeadline(t time.Time) error {
	c.listener.mu.Lock()
	c.readDeadline = t
	if !c.begun && (t.IsZero() || t.After(c.firstDeadline)) {
		t = c.firstDeadline
	}
	c.listener.mu.Unlock()
	return c.Conn.SetReadDeadline(t)
}

// startRequest is called once the headers of a request are read, with the length of
// its body.
func (c *limitedConn) startRequest(bodyLength int64) {
	if c.headers != nil {
		c.headers.startBody(bodyLength)
	}
	c.listener.mu.Lock()
	first, deadline := !c.begun, c.readDeadline
	c.begun = true
	c.listener.mu.Unlock()
	if first {
		_ = c.Conn.SetReadDeadline(deadline)
	}
}

// startWork is called once a request is read in full. It returns false if another
// connection has replaced this one: nobody would get the answer.
func (c *limitedConn) startWork() bool {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.working = true
	return c.listener.conns[c]
}

// finishRequest is called once a request is answered.
func (c *limitedConn) finishRequest() {
	c.touch()
	if c.headers != nil {
		c.headers.startBody(0)
	}
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.working = false
	c.listener.changed.Broadcast()
}

// makeRegular makes a spare connection a regular one if the limit allows it, and
// reports whether the connection is regular now.
func (c *limitedConn) makeRegular() bool {
	l := c.listener
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.spare && l.conns[c] && l.makeRoom(false) {
		l.remove(c)
		l.add(c, false)
	}
	return !c.spare
}

// Close closes the connection and lets another take its place.
func (c *limitedConn) Close() error {
	c.listener.mu.Lock()
	c.listener.remove(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// CloseWrite lets net/http end an answer before it closes a connection with unread
// data.
func (c *limitedConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
