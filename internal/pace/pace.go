// Package pace sends requests to an API as fast as it allows, and retries those that
// may succeed later.
package pace

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const (
	// The time between two requests once the API has asked for fewer.
	minGap = 50 * time.Millisecond
	maxGap = 5 * time.Second

	noticeAfter = 5 * time.Second
)

// MaxInFlight is the largest number of requests of one run under way at once. A store that
// cannot take as many lets them wait.
const MaxInFlight = 16

// Pacer spaces the requests of all workers, whatever their tenant, once the API asks
// for fewer. Until then it delays nobody. The zero value is ready to use; it is safe
// for concurrent use.
type Pacer struct {
	// Waiting, if set, is called with the [Reason] of an outage before a request is sent
	// again because of it, and when an outage has lasted for noticeAfter: a store may
	// repeat requests itself.
	Waiting func(reason string)

	mu          sync.Mutex
	next        time.Time // when the next request may be sent
	pausedUntil time.Time // no request may be sent before it
	gap         time.Duration
	slowed      time.Time // when gap last grew
	outage      time.Time // when the present outage began; zero for none
}

// Do sends a request, and retries it as long as that may help, within the limits.
func (p *Pacer) Do(ctx context.Context, limits Limits, send func() error) error {
	retries := p.Retries(limits)
	var last error
	for {
		sent, err := p.Wait(ctx, nil)
		if err == nil {
			err = retries.Pause(ctx, nil)
		}
		if err != nil {
			return NotRetried(last, err)
		}
		last = send()
		p.Observe(sent, last)
		switch {
		case last == nil:
			return nil
		case ctx.Err() != nil && errors.Is(last, ctx.Err()):
			return &unansweredError{cause(ctx), last}
		}
		if retries.Note(last); !retries.Allow(last) {
			return last
		}
	}
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
// Concurrent requests slow it down once. What an API that is away asks to wait is a
// guess, often a proxy's, which no run waits for longer than for the API itself.
func (p *Pacer) Observe(sent time.Time, err error) {
	p.adapt(sent, err)
	p.announce(err)
}

// announce says that the API is away, if err is of an outage that has lasted for noticeAfter.
func (p *Pacer) announce(err error) {
	if p.isLongOutage(err) && p.Waiting != nil {
		p.Waiting(Reason(err))
	}
}

// Watch makes a store that repeats requests within one call announce a long outage, too.
func (p *Pacer) Watch(store any) {
	if s, ok := store.(interface{ OnAnswer(func(error)) }); ok {
		s.OnAnswer(p.announce)
	}
}

// isLongOutage reports whether err is of an outage that has lasted for noticeAfter.
func (p *Pacer) isLongOutage(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !IsOutage(err):
		p.outage = time.Time{}
	case p.outage.IsZero():
		p.outage = time.Now()
	}
	return !p.outage.IsZero() && time.Since(p.outage) >= noticeAfter
}

func (p *Pacer) adapt(sent time.Time, err error) {
	var answered *prefect.APIError
	limited := errors.Is(err, prefect.ErrRateLimited)
	wait := time.Duration(0)
	if errors.As(err, &answered) {
		wait = answered.RetryAfter
	}
	if IsOutage(err) {
		wait = min(wait, Question.outage)
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

// NotRetried explains why there is no further attempt at a request: last is the error
// of the attempt before, nil if there was none.
func NotRetried(last, why error) error {
	if last == nil {
		return why
	}
	return fmt.Errorf("%w; not retried: %w", last, why)
}

// unansweredError means that the context of a request ended before its answer came.
type unansweredError struct{ why, last error }

func (e *unansweredError) Error() string {
	return e.why.Error() + " before the API answered"
}

func (e *unansweredError) Unwrap() []error { return []error{e.why, e.last} }

// ErrInterrupted means that a run was stopped.
var ErrInterrupted = errors.New("interrupted")

var errNoTime = errors.New("the run timed out")

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
		return fmt.Errorf("%w before the next attempt", errNoTime)
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
