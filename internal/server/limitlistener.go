package server

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// limitListener bounds the connections that are open at once. At the limit a new
// connection replaces the one that has been silent longest and has no request in
// progress. If all have one, it becomes a spare connection, which is only for health
// checks. If those are at their limit too, it waits.
type limitListener struct {
	net.Listener
	limit, spareLimit int
	firstTimeout      time.Duration // for a connection's first request to begin
	count             *atomic.Int64 // of connections, for the metrics

	mu      sync.Mutex
	changed *sync.Cond // a connection was closed, or has no request in progress any more
	conns   map[*limitedConn]bool
	spares  int // how many of them are spare
	closed  bool
}

func newLimitListener(
	l net.Listener, limit, spareLimit int, firstTimeout time.Duration, count *atomic.Int64,
) *limitListener {
	ll := &limitListener{
		Listener: l, limit: limit, spareLimit: spareLimit, firstTimeout: firstTimeout, count: count,
		conns: map[*limitedConn]bool{},
	}
	ll.changed = sync.NewCond(&ll.mu)
	return ll
}

// Accept accepts a connection, and waits until the limits allow it.
func (l *limitListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := newLimitedConn(conn, l)
	if !l.acquire(c) {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	return c, nil
}

// acquire waits until the connection may be open. It returns false once the listener
// is closed.
func (l *limitListener) acquire(c *limitedConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.closed {
		if regular := l.makeRoom(false); regular || l.makeRoom(true) {
			l.add(c, !regular)
			return true
		}
		l.changed.Wait()
	}
	return false
}

// makeRoom reports whether one more connection may be open, spare or regular. At the
// limit it closes an idle one.
func (l *limitListener) makeRoom(spare bool) bool {
	limit, open := l.limit, len(l.conns)-l.spares
	if spare {
		limit, open = l.spareLimit, l.spares
	}
	if open < limit {
		return true
	}
	idle := l.longestIdle(spare)
	if idle == nil {
		return false
	}
	l.remove(idle)
	_ = idle.Conn.Close()
	return true
}

func (l *limitListener) longestIdle(spare bool) (idle *limitedConn) {
	for c := range l.conns {
		if c.spare == spare && !c.working && (idle == nil || c.lastRead.Load() < idle.lastRead.Load()) {
			idle = c
		}
	}
	return idle
}

func (l *limitListener) add(c *limitedConn, spare bool) {
	if c.spare = spare; spare {
		l.spares++
	}
	l.conns[c] = true
	l.count.Store(int64(len(l.conns)))
}

func (l *limitListener) remove(c *limitedConn) {
	if !l.conns[c] {
		return
	}
	delete(l.conns, c)
	if c.spare {
		l.spares--
	}
	l.count.Store(int64(len(l.conns)))
	l.changed.Broadcast()
}

// Close also ends an Accept that waits for the limits.
func (l *limitListener) Close() error {
	l.mu.Lock()
	l.closed = true
	l.changed.Broadcast()
	l.mu.Unlock()
	return l.Listener.Close()
}
