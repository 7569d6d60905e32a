// Package turns shares what a process has little of, such as bytes or places,
// among keys: whoever finds none left waits, and keys are served in turn, however
// many requests each of them has.
package turns

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Pool holds units that claims take. It is safe for concurrent use.
//
// A claim that finds no room waits. Those that wait are served in turn by key, and
// those of one key in the order in which they came. A key that already holds all
// that one key may hold waits for itself alone: the others pass it.
//
// Claims that each hold a part and wait for more could wait for one another for
// ever. So, with Ahead, one of those that wait is let ahead whenever nobody is: it
// takes what it asks for beyond the size, and never waits again until it is
// released. As long as every claim is released in the end, somebody is let ahead
// in the end, and so everybody is served; at no time is more than one claim beyond
// the size.
type Pool struct {
	mu      sync.Mutex
	size    int64
	most    int64 // that one key may hold
	lets    bool  // one claim ahead
	used    int64
	ahead   *Claim
	keys    map[string]*line
	spare   *line   // one that was forgotten
	waiting []*line // that have somebody who waits; the next to be served is first
}

// Config describes a pool.
type Config struct {
	// Size is how many units there are.
	Size int64
	// Most is how many of them one key may hold; 0 means all.
	Most int64
	// Ahead lets one claim of those that wait take more than there is. It is needed
	// where a claim takes more than once.
	Ahead bool
}

// New makes a pool.
func New(c Config) *Pool {
	if c.Most == 0 {
		c.Most = c.Size
	}
	return &Pool{size: c.Size, most: c.Most, lets: c.Ahead, keys: map[string]*line{}}
}

// line is a key that holds something or waits.
type line struct {
	key   string
	held  int64
	queue []*waiter
}

type waiter struct {
	claim *Claim
	units int64
	done  chan struct{}
}

// Claim is what one request of a key holds of a pool. It is used by one goroutine
// at a time.
type Claim struct {
	pool *Pool
	key  string
	held int64
	used bool // since it was released
}

// Claim makes a claim that holds nothing.
func (p *Pool) Claim(key string) Claim { return Claim{pool: p, key: key} }

// Try takes units if that needs no waiting.
func (c *Claim) Try(units int64) bool {
	if units == 0 {
		return true
	}
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ahead == c || len(p.waiting) == 0 && p.give(c, p.line(c.key), units)
}

// Take waits for units and takes them. It returns the error of ctx if that ends
// before; the claim then holds what it held.
func (c *Claim) Take(ctx context.Context, units int64) error {
	if c.Try(units) {
		return nil
	}
	w := &waiter{claim: c, units: units, done: make(chan struct{})}
	c.pool.enqueue(w)
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
	}
	if c.pool.leave(w) {
		return ctx.Err()
	}
	return nil // it was served just now
}

// Held reports whether the claim holds anything.
func (c *Claim) Held() bool { return c.used }

// Awaited reports whether the claim is ahead and another key waits.
func (c *Claim) Awaited() bool {
	if !c.used {
		return false
	}
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ahead == c && slices.ContainsFunc(p.waiting, func(l *line) bool { return l.key != c.key })
}

// Release gives back all that the claim holds. The claim may be used again, and
// released again, which does nothing.
func (c *Claim) Release() {
	if !c.used {
		return
	}
	c.used = false
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ahead == c {
		p.ahead = nil
	}
	if l := p.keys[c.key]; l != nil {
		p.used -= c.held
		l.held -= c.held
		p.forget(l)
	}
	c.held = 0
	p.serve()
}

// Used is how many units claims hold, and how many claims wait.
func (p *Pool) Used() (units int64, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.waiting {
		waiting += len(l.queue)
	}
	return p.used, waiting
}

func (p *Pool) line(key string) *line {
	l := p.keys[key]
	if l == nil {
		l, p.spare = cmp.Or(p.spare, new(line)), nil
		l.key, p.keys[key] = key, l
	}
	return l
}

// forget drops a key of which nothing is left.
func (p *Pool) forget(l *line) {
	if l.held == 0 && len(l.queue) == 0 {
		delete(p.keys, l.key)
		p.spare = l
	}
}

func (p *Pool) give(c *Claim, l *line, units int64) bool {
	if l.held+units > p.most || p.used+units > p.size {
		p.forget(l)
		return false
	}
	p.used += units
	l.held += units
	c.held += units
	c.used = true
	return true
}

func (p *Pool) enqueue(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.line(w.claim.key)
	if l.queue = append(l.queue, w); len(l.queue) == 1 {
		p.waiting = append(p.waiting, l)
	}
	p.serve()
}

// leave takes away one who waits no longer. It is false if it was served just now.
func (p *Pool) leave(w *waiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.keys[w.claim.key]
	if l == nil {
		return false
	}
	i := slices.Index(l.queue, w)
	if i < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, i, i+1)
	if len(l.queue) == 0 {
		p.waiting = slices.DeleteFunc(p.waiting, func(other *line) bool { return other == l })
		p.forget(l)
	}
	p.serve()
	return true
}

// serve serves those that wait, as far as there is room. The next in turn may have
// to wait for it, and then nobody takes it meanwhile.
func (p *Pool) serve() {
	for i := 0; i < len(p.waiting); {
		l := p.waiting[i]
		first := l.queue[0]
		switch {
		case p.most < p.size && l.held+first.units > p.most:
			i++ // waits for its own key alone
		case p.give(first.claim, l, first.units):
			p.served(i)
			i = 0
		default:
			i = len(p.waiting)
		}
	}
	if p.lets && p.ahead == nil && len(p.waiting) > 0 {
		p.ahead = p.waiting[0].queue[0].claim
		p.ahead.used = true
		p.served(0)
	}
}

// served lets the first of a key go on, whose next turn is behind the other keys'.
func (p *Pool) served(i int) {
	l := p.waiting[i]
	close(l.queue[0].done)
	l.queue = slices.Delete(l.queue, 0, 1)
	p.waiting = slices.Delete(p.waiting, i, i+1)
	if len(l.queue) > 0 {
		p.waiting = append(p.waiting, l)
	}
}
