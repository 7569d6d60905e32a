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
	mu        sync.Mutex
	size      int64
	perKey    int64 // that one key may hold
	overdraft bool  // one claim ahead
	used      int64
	overdrawn *Claim
	queues    map[string]*queue
	reusable  *queue   // one that was forgotten
	waiting   []*queue // that have somebody who waits; the next to be served is first
}

// Config describes a pool.
type Config struct {
	// Size is how many units there are.
	Size int64
	// Most is how many of them one key may hold; 0 means all.
	PerKey int64
	// Ahead lets one claim of those that wait take more than there is. It is needed
	// where a claim takes more than once.
	Overdraft bool
}

// New makes a pool.
func New(c Config) *Pool {
	if c.PerKey == 0 {
		c.PerKey = c.Size
	}
	return &Pool{size: c.Size, perKey: c.PerKey, overdraft: c.Overdraft, queues: map[string]*queue{}}
}

// line is a key that holds something or waits.
type queue struct {
	key     string
	used    int64
	waiters []*waiter
}

type waiter struct {
	claim *Claim
	units int64
	done  chan struct{}
}

// Claim is what one request of a key holds of a pool. It is used by one goroutine
// at a time.
type Claim struct {
	pool   *Pool
	key    string
	units  int64
	active bool // since it was released
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
	return p.overdrawn == c || len(p.waiting) == 0 && p.grant(c, p.queue(c.key), units)
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
	if c.pool.dequeue(w) {
		return ctx.Err()
	}
	return nil // it was served just now
}

// Held reports whether the claim holds anything.
func (c *Claim) Active() bool { return c.active }

// Awaited reports whether the claim is ahead and another key waits.
func (c *Claim) BlocksOthers() bool {
	if !c.active {
		return false
	}
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.overdrawn == c && slices.ContainsFunc(p.waiting, func(l *queue) bool { return l.key != c.key })
}

// Release gives back all that the claim holds. The claim may be used again, and
// released again, which does nothing.
func (c *Claim) Release() {
	if !c.active {
		return
	}
	c.active = false
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.overdrawn == c {
		p.overdrawn = nil
	}
	if l := p.queues[c.key]; l != nil {
		p.used -= c.units
		l.used -= c.units
		p.forget(l)
	}
	c.units = 0
	p.serve()
}

// Used is how many units claims hold, and how many claims wait.
func (p *Pool) Used() (units int64, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.waiting {
		waiting += len(l.waiters)
	}
	return p.used, waiting
}

func (p *Pool) queue(key string) *queue {
	l := p.queues[key]
	if l == nil {
		l, p.reusable = cmp.Or(p.reusable, new(queue)), nil
		l.key, p.queues[key] = key, l
	}
	return l
}

// forget drops a key of which nothing is left.
func (p *Pool) forget(l *queue) {
	if l.used == 0 && len(l.waiters) == 0 {
		delete(p.queues, l.key)
		p.reusable = l
	}
}

func (p *Pool) grant(c *Claim, l *queue, units int64) bool {
	if l.used+units > p.perKey || p.used+units > p.size {
		p.forget(l)
		return false
	}
	p.used += units
	l.used += units
	c.units += units
	c.active = true
	return true
}

func (p *Pool) enqueue(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.queue(w.claim.key)
	if l.waiters = append(l.waiters, w); len(l.waiters) == 1 {
		p.waiting = append(p.waiting, l)
	}
	p.serve()
}

// leave takes away one who waits no longer. It is false if it was served just now.
func (p *Pool) dequeue(w *waiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.queues[w.claim.key]
	if l == nil {
		return false
	}
	i := slices.Index(l.waiters, w)
	if i < 0 {
		return false
	}
	l.waiters = slices.Delete(l.waiters, i, i+1)
	if len(l.waiters) == 0 {
		p.waiting = slices.DeleteFunc(p.waiting, func(other *queue) bool { return other == l })
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
		first := l.waiters[0]
		switch {
		case p.perKey < p.size && l.used+first.units > p.perKey:
			i++ // waits for its own key alone
		case p.grant(first.claim, l, first.units):
			p.grantFirst(i)
			i = 0
		default:
			i = len(p.waiting)
		}
	}
	if p.overdraft && p.overdrawn == nil && len(p.waiting) > 0 {
		p.overdrawn = p.waiting[0].waiters[0].claim
		p.overdrawn.active = true
		p.grantFirst(0)
	}
}

// served lets the first of a key go on, whose next turn is behind the other keys'.
func (p *Pool) grantFirst(i int) {
	l := p.waiting[i]
	close(l.waiters[0].done)
	l.waiters = slices.Delete(l.waiters, 0, 1)
	p.waiting = slices.Delete(p.waiting, i, i+1)
	if len(l.waiters) > 0 {
		p.waiting = append(p.waiting, l)
	}
}
