package server

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// places are the connections that may be open. Where all are taken, a newcomer gets
// the place of the connection that has sent nothing for the longest time, unless its
// request is in work. Where all are in work, it gets one of the spare places, on
// which the health alone is answered, and where those are taken it waits.
type limitListener struct {
	net.Listener
	limit, spare int
	firstTimeout time.Duration // for a connection's first request to begin
	count        *atomic.Int64 // how many there are, for the metrics

	mu      sync.Mutex
	changed *sync.Cond // a connection has ended, or its request is no longer in work
	conns   map[*limitedConn]bool
	spares  int // those of them that are spare
	closed  bool
}

func newLimitListener(l net.Listener, limit, spare int, patience time.Duration, open *atomic.Int64) *limitListener {
	p := &limitListener{Listener: l, limit: limit, spare: spare, firstTimeout: patience, count: open, conns: map[*limitedConn]bool{}}
	p.changed = sync.NewCond(&p.mu)
	return p
}

// Accept takes a connection and gives it a place, for which it may have to wait.
func (p *limitListener) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := newLimitedConn(conn, p)
	if !p.acquire(s) {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	return s, nil
}

// take waits until there is a place. It reports false once the listener is closed.
func (p *limitListener) acquire(s *limitedConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed {
		if regular := p.makeRoom(false); regular || p.makeRoom(true) {
			p.add(s, !regular)
			return true
		}
		p.changed.Wait()
	}
	return false
}

// room makes room for one more connection, of those that are spare or of the others.
func (p *limitListener) makeRoom(spare bool) bool {
	limit, taken := p.limit, len(p.conns)-p.spares
	if spare {
		limit, taken = p.spare, p.spares
	}
	if taken < limit {
		return true
	}
	idle := p.longestIdle(spare)
	if idle == nil {
		return false
	}
	p.remove(idle)
	_ = idle.Conn.Close()
	return true
}

func (p *limitListener) longestIdle(spare bool) (found *limitedConn) {
	for s := range p.conns {
		if s.spare == spare && !s.working && (found == nil || s.lastRead.Load() < found.lastRead.Load()) {
			found = s
		}
	}
	return found
}

func (p *limitListener) add(s *limitedConn, spare bool) {
	if s.spare = spare; spare {
		p.spares++
	}
	p.conns[s] = true
	p.count.Store(int64(len(p.conns)))
}

func (p *limitListener) remove(s *limitedConn) {
	if !p.conns[s] {
		return
	}
	delete(p.conns, s)
	if s.spare {
		p.spares--
	}
	p.count.Store(int64(len(p.conns)))
	p.changed.Broadcast()
}

// Close ends an Accept that waits for a place, too.
func (p *limitListener) Close() error {
	p.mu.Lock()
	p.closed = true
	p.changed.Broadcast()
	p.mu.Unlock()
	return p.Listener.Close()
}
