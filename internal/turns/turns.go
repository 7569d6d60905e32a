// Package turns shares what a process has little of, such as bytes or connections,
// among keys. Claims that find too little wait, and keys are served in turn, however
// many claims each of them has.
package turns

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Pool holds units that claims take. It is safe for concurrent use.
//
// A claim that cannot have its units waits. The keys of waiting claims are served in
// turn, and the claims of one key in the order in which they began to wait. A claim of a
// key that would exceed the limit per key waits for that key alone: other keys overtake
// it.
//
// Claims that each hold units and wait for more can wait for one another forever. An
// overdraft resolves that: whenever no claim has it, the next waiting claim gets it. From
// then on that claim gets all it asks for, beyond the size of the pool and without
// waiting, until it is released. As long as every claim is released in the end, each
// waiting claim is served in the end. At most one claim exceeds the size at any time.
type Pool struct {
	mu        sync.Mutex
	size      int64
	perKey    int64
	overdraft bool
	used      int64
	overdrawn *Claim // has the overdraft; nil if none has
	queues    map[string]*queue
	reusable  *queue   // a queue that is not in use any more, to save an allocation
	waiting   []*queue // those with waiters; the first is served next
}

// Config describes a pool.
type Config struct {
	// Size is how many units there are.
	Size int64
	// PerKey is how many of them one key may hold; 0 means all.
	PerKey int64
	// Overdraft lets one waiting claim at a time exceed the size. Pools whose claims
	// take more than once need it.
	Overdraft bool
}

// New makes a pool.
func New(c Config) *Pool {
	if c.PerKey == 0 {
		c.PerKey = c.Size
	}
	return &Pool{size: c.Size, perKey: c.PerKey, overdraft: c.Overdraft, queues: map[string]*queue{}}
}

// queue has the waiting claims of a key, and the units that its claims hold.
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

// Claim is what one request of a key holds of a pool. It must not be used
// concurrently.
type Claim struct {
	pool   *Pool
	key    string
	units  int64
	active bool // it has taken units, or has the overdraft
}

// Claim makes a claim that holds nothing.
func (p *Pool) Claim(key string) Claim { return Claim{pool: p, key: key} }

// Try takes units if that needs no waiting, and reports whether it did.
func (c *Claim) Try(units int64) bool {
	if units == 0 {
		return true
	}
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.overdrawn == c || len(p.waiting) == 0 && p.grant(c, p.queue(c.key), units)
}

// Take takes units, and waits for them if it must. It returns the error of ctx if that
// ends before; the claim then holds what it held before.
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

// Active reports whether the claim has taken anything since it was made or released.
func (c *Claim) Active() bool { return c.active }

// BlocksOthers reports whether the claim has the overdraft and another key waits.
func (c *Claim) BlocksOthers() bool {
	if !c.active {
		return false
	}
	p := c.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.overdrawn == c && slices.ContainsFunc(p.waiting, func(q *queue) bool { return q.key != c.key })
}

// Release returns all that the claim holds. The claim can be used again. Releasing it
// twice does nothing.
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
	if q := p.queues[c.key]; q != nil {
		p.used -= c.units
		q.used -= c.units
		p.forget(q)
	}
	c.units = 0
	p.serve()
}

// Used returns how many units claims hold, and how many claims wait. Units that were
// taken by overdraft do not count.
func (p *Pool) Used() (units int64, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.waiting {
		waiting += len(q.waiters)
	}
	return p.used, waiting
}

// queue returns the queue of a key, and makes it if it is missing.
func (p *Pool) queue(key string) *queue {
	q := p.queues[key]
	if q == nil {
		q, p.reusable = cmp.Or(p.reusable, new(queue)), nil
		q.key, p.queues[key] = key, q
	}
	return q
}

// forget removes a queue that is empty and whose key holds nothing.
func (p *Pool) forget(q *queue) {
	if q.used == 0 && len(q.waiters) == 0 {
		delete(p.queues, q.key)
		p.reusable = q
	}
}

// grant gives a claim units if the limits allow it, and reports whether they do.
func (p *Pool) grant(c *Claim, q *queue, units int64) bool {
	if q.used+units > p.perKey || p.used+units > p.size {
		p.forget(q)
		return false
	}
	p.used += units
	q.used += units
	c.units += units
	c.active = true
	return true
}

func (p *Pool) enqueue(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.queue(w.claim.key)
	if q.waiters = append(q.waiters, w); len(q.waiters) == 1 {
		p.waiting = append(p.waiting, q)
	}
	p.serve()
}

// dequeue removes a waiter. It returns false if the waiter was served just now.
func (p *Pool) dequeue(w *waiter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.queues[w.claim.key]
	if q == nil {
		return false
	}
	i := slices.Index(q.waiters, w)
	if i < 0 {
		return false
	}
	q.waiters = slices.Delete(q.waiters, i, i+1)
	if len(q.waiters) == 0 {
		p.waiting = slices.DeleteFunc(p.waiting, func(other *queue) bool { return other == q })
		p.forget(q)
	}
	p.serve()
	return true
}

// serve serves waiting claims while there are units for the next in turn. If there are
// too few for that claim, no claim behind it gets them.
func (p *Pool) serve() {
	for i := 0; i < len(p.waiting); {
		q := p.waiting[i]
		first := q.waiters[0]
		switch {
		case p.perKey < p.size && q.used+first.units > p.perKey:
			i++ // it waits for its own key alone
		case p.grant(first.claim, q, first.units):
			p.dismiss(i)
			i = 0
		default:
			i = len(p.waiting)
		}
	}
	if p.overdraft && p.overdrawn == nil && len(p.waiting) > 0 {
		p.overdrawn = p.waiting[0].waiters[0].claim
		p.overdrawn.active = true
		p.dismiss(0)
	}
}

// dismiss ends the wait of the first claim in a queue, and moves the queue behind all
// others.
func (p *Pool) dismiss(i int) {
	q := p.waiting[i]
	close(q.waiters[0].done)
	q.waiters = slices.Delete(q.waiters, 0, 1)
	p.waiting = slices.Delete(p.waiting, i, i+1)
	if len(q.waiters) > 0 {
		p.waiting = append(p.waiting, q)
	}
}
