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
type places struct {
	net.Listener
	limit, spare int
	patience     time.Duration // for a connection's first request to begin
	open         *atomic.Int64 // how many there are, for the metrics

	mu     sync.Mutex
	change *sync.Cond // a connection has ended, or its request is no longer in work
	seats  map[*seat]bool
	spares int // those of them that are spare
	closed bool
}

func newPlaces(l net.Listener, limit, spare int, patience time.Duration, open *atomic.Int64) *places {
	p := &places{Listener: l, limit: limit, spare: spare, patience: patience, open: open, seats: map[*seat]bool{}}
	p.change = sync.NewCond(&p.mu)
	return p
}

// Accept takes a connection and gives it a place, for which it may have to wait.
func (p *places) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s := newSeat(conn, p)
	if !p.take(s) {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	return s, nil
}

// take waits until there is a place. It reports false once the listener is closed.
func (p *places) take(s *seat) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed {
		if regular := p.room(false); regular || p.room(true) {
			p.add(s, !regular)
			return true
		}
		p.change.Wait()
	}
	return false
}

// room makes room for one more connection, of those that are spare or of the others.
func (p *places) room(spare bool) bool {
	limit, taken := p.limit, len(p.seats)-p.spares
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

func (p *places) longestIdle(spare bool) (found *seat) {
	for s := range p.seats {
		if s.spare == spare && !s.working && (found == nil || s.heard.Load() < found.heard.Load()) {
			found = s
		}
	}
	return found
}

func (p *places) add(s *seat, spare bool) {
	if s.spare = spare; spare {
		p.spares++
	}
	p.seats[s] = true
	p.open.Store(int64(len(p.seats)))
}

func (p *places) remove(s *seat) {
	if !p.seats[s] {
		return
	}
	delete(p.seats, s)
	if s.spare {
		p.spares--
	}
	p.open.Store(int64(len(p.seats)))
	p.change.Broadcast()
}

// Close ends an Accept that waits for a place, too.
func (p *places) Close() error {
	p.mu.Lock()
	p.closed = true
	p.change.Broadcast()
	p.mu.Unlock()
	return p.Listener.Close()
}
