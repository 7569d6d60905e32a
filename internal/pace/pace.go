// Package pace sends requests to an API as fast as it allows, and retries those that
// may succeed later.
package pace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// How often a request is sent at most. Those that were refused with HTTP 429 do not
// count: they are sent again for as long as the context lasts.
const (
	PlanAttempts  = 4  // before anything is written, while somebody waits
	ApplyAttempts = 10 // up to a minute of waiting in all
)

const (
	// A request that failed is sent again after a random time, of at most
	// firstBackoff after the first failure, twice that after the second, and never
	// more than maxBackoff (full jitter).
	firstBackoff = 250 * time.Millisecond
	maxBackoff   = 15 * time.Second

	// The time between two requests once the API has asked for fewer.
	minGap = 50 * time.Millisecond
	maxGap = 5 * time.Second
)

// Pacer spaces the requests of all workers, whatever their tenant, once the API asks
// for fewer. Until then it delays nobody. The zero value is ready to use; it is safe
// for concurrent use.
type Pacer struct {
	mu          sync.Mutex
	next        time.Time // when the next request may be sent
	pausedUntil time.Time // no request may be sent before it
	gap         time.Duration
	slowed      time.Time // when gap last grew
}

// Do sends a request, and retries it as long as [prefect.Retryable] says that this may
// help, up to a number of attempts.
func (p *Pacer) Do(ctx context.Context, attempts int, send func() error) error {
	failures := 0
	var last error
	for {
		sent, err := p.Wait(ctx, nil)
		if err == nil && failures > 0 {
			err = Pause(ctx, nil, Backoff(failures))
		}
		if err != nil {
			return NotRetried(last, err)
		}
		last = send()
		p.Observe(sent, last)
		if !errors.Is(last, prefect.ErrRateLimited) {
			failures++
		}
		if !prefect.Retryable(last) || failures >= attempts {
			return last
		}
	}
}

// NotRetried explains why there is no further attempt at a request: last is the error
// of the attempt before, nil if there was none.
func NotRetried(last, why error) error {
	if last == nil {
		return why
	}
	return fmt.Errorf("%w; not tried again: %w", last, why)
}

// Wait returns when it is the caller's turn, with the time of that turn. It fails at
// once if that is beyond the context's deadline, and once quit is closed.
func (p *Pacer) Wait(ctx context.Context, quit <-chan struct{}) (time.Time, error) {
	for {
		slot := p.reserve()
		if err := Pause(ctx, quit, time.Until(slot)); err != nil {
			return slot, err
		}
		if !p.paused() {
			return slot, nil
		}
	}
}

// reserve returns the time of the next request, and moves that of the one after it.
func (p *Pacer) reserve() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	slot := time.Now()
	if slot.Before(p.next) {
		slot = p.next
	}
	p.next = slot.Add(p.gap)
	return slot
}

func (p *Pacer) paused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.pausedUntil)
}

// Observe adapts the pace to the answer to the request that was sent at a time.
// Concurrent requests slow it down once.
func (p *Pacer) Observe(sent time.Time, err error) {
	var answered *prefect.APIError
	limited := errors.Is(err, prefect.ErrRateLimited)
	wait := time.Duration(0)
	if errors.As(err, &answered) {
		wait = answered.RetryAfter
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		if p.gap = p.gap * 3 / 4; p.gap < minGap {
			p.gap = 0
		}
	}
	now := time.Now()
	if limited && !sent.Before(p.slowed) {
		p.gap, p.slowed = min(max(2*p.gap, minGap), maxGap), now
		wait = max(wait, p.gap)
	}
	if until := now.Add(wait); wait > 0 && until.After(p.pausedUntil) {
		p.pausedUntil, p.next = until, until
	}
}

// Backoff returns how long to wait before a request is sent again that has failed so
// many times.
func Backoff(failures int) time.Duration {
	longest := maxBackoff
	if failures < 8 {
		longest = min(longest, firstBackoff<<(failures-1))
	}
	return rand.N(longest)
}

// ErrInterrupted means that a run was stopped.
var ErrInterrupted = errors.New("interrupted")

var errNoTime = errors.New("the time of this run is over")

// Pause waits, unless that would outlast the context or quit is closed.
func Pause(ctx context.Context, quit <-chan struct{}, d time.Duration) error {
	select {
	case <-quit:
		return ErrInterrupted
	case <-ctx.Done():
		return cause(ctx)
	default:
	}
	if d <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return fmt.Errorf("%w before the API is to be asked again", errNoTime)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-quit:
		return ErrInterrupted
	case <-ctx.Done():
		return cause(ctx)
	case <-timer.C:
		return nil
	}
}

// cause returns why a context has ended.
func cause(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errNoTime
	}
	return ErrInterrupted
}
