package sync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
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

// pacer spaces the requests of all workers, whatever their tenant, once the API
// asks for fewer. Until then it holds nobody up.
type pacer struct {
	mu     sync.Mutex
	next   time.Time // when the next request may go
	hold   time.Time // before which none may
	gap    time.Duration
	slowed time.Time // when gap last grew
}

// wait returns when it is the caller's turn, with the time of it. It fails at
// once if that is beyond the context's deadline.
func (p *pacer) wait(ctx context.Context, quit <-chan struct{}) (time.Time, error) {
	for {
		slot := p.slot()
		if err := pause(ctx, quit, time.Until(slot)); err != nil {
			return slot, err
		}
		if !p.held() {
			return slot, nil
		}
	}
}

func (p *pacer) slot() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	slot := time.Now()
	if slot.Before(p.next) {
		slot = p.next
	}
	p.next = slot.Add(p.gap)
	return slot
}

func (p *pacer) held() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.hold)
}

// heard tells of the answer to the request that was sent at that time. Those
// that were under way together slow the others down once.
func (p *pacer) heard(sent time.Time, err error) {
	var answered *prefect.APIError
	limited := errors.Is(err, prefect.ErrRateLimited)
	asked := time.Duration(0)
	if errors.As(err, &answered) {
		asked = answered.RetryAfter
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
		asked = max(asked, p.gap)
	}
	if until := now.Add(asked); asked > 0 && until.After(p.hold) {
		p.hold, p.next = until, until
	}
}

// backoff is how long to wait before the request is sent again, of which attempt
// counts the failures.
func backoff(attempt int) time.Duration {
	longest := maxBackoff
	if attempt < 8 {
		longest = min(longest, firstBackoff<<(attempt-1))
	}
	return rand.N(longest)
}

// Why a request is not sent.
var (
	// ErrInterrupted means that the run was told to stop.
	ErrInterrupted = errors.New("interrupted")
	errNoTime      = errors.New("the time of this run is over")
)

// pause waits, unless that would outlast the context or quit is closed.
func pause(ctx context.Context, quit <-chan struct{}, d time.Duration) error {
	select {
	case <-quit:
		return ErrInterrupted
	case <-ctx.Done():
		return ended(ctx)
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
		return ended(ctx)
	case <-timer.C:
		return nil
	}
}

func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errNoTime
	}
	return ErrInterrupted
}
