package pace

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Limits bound how often a request is sent again. Those that were refused with HTTP
// 429 are sent again for as long as the context lasts.
type Limits struct {
	attempts int           // how often a request is sent, if its failures are not an outage
	outage   time.Duration // how long an outage is waited for, from the first request that met it on
	slow     int           // how often a request is sent even if that takes longer than outage
}

// The limits of requests.
var (
	Question      = Limits{attempts: 4, outage: 15 * time.Second}       // while somebody waits
	FirstQuestion = Limits{attempts: 4, outage: time.Minute}            // of a run that will write
	Write         = Limits{attempts: 10, outage: time.Minute, slow: 10} // and what verifies it
)

// A request that failed is sent again after a random time, of at most firstBackoff
// after the first failure, twice that after the second, and never more than maxBackoff
// (full jitter). An API that is away is asked more often, so that a run goes on soon
// after it is back.
const (
	firstBackoff     = 250 * time.Millisecond
	maxBackoff       = 15 * time.Second
	maxOutageBackoff = 2 * time.Second
)

// Once returns a function for [Pacer].Waiting that calls waiting the first time only,
// for one pacer or several. It returns nil for nil.
func Once(waiting func(reason string)) func(reason string) {
	if waiting == nil {
		return nil
	}
	var once sync.Once
	return func(reason string) { once.Do(func() { waiting(reason) }) }
}

// Retries counts the failures of one request. [Pacer.Retries] makes one.
type Retries struct {
	limits   Limits
	waiting  func(reason string)
	failures int       // without those of an outage
	outages  int       // failures that are an outage's
	sent     time.Time // when the last attempt began
	began    time.Time // the outage; zero for none
	longest  time.Duration
}

// Retries returns the retries of a new request.
func (p *Pacer) Retries(limits Limits) *Retries {
	return &Retries{limits: limits, waiting: p.Waiting}
}

// Note records the errors of one attempt, of which any may be nil.
func (r *Retries) Note(errs ...error) {
	failed := false
	for _, err := range errs {
		switch {
		case err == nil, errors.Is(err, prefect.ErrRateLimited):
		case IsOutage(err):
			r.noteOutage(err)
			return
		default:
			failed = true
		}
	}
	r.longest = 0
	if failed {
		r.failures++
		r.longest = backoff(r.failures, maxBackoff)
	}
}

func (r *Retries) noteOutage(err error) {
	if r.began.IsZero() {
		r.began = r.sent
	}
	r.outages++
	r.longest = backoff(r.outages, maxOutageBackoff)
	if r.waiting != nil && r.Allow(err) {
		r.waiting(Reason(err))
	}
}

// Allow reports whether a request may be sent again that failed with err in the
// attempt that was noted last.
func (r *Retries) Allow(err error) bool {
	switch {
	case !prefect.Retryable(err):
		return false
	case errors.Is(err, prefect.ErrRateLimited):
		return true
	case IsOutage(err):
		return time.Since(r.began) < r.limits.outage || r.outages < r.limits.slow
	}
	return r.failures < r.limits.attempts
}

// Pause waits before the next attempt, like the function of that name. Before the
// first it does not wait.
func (r *Retries) Pause(ctx context.Context, quit <-chan struct{}) error {
	wait := time.Duration(0)
	if r.longest > 0 {
		wait = rand.N(r.longest)
	}
	err := Pause(ctx, quit, wait)
	r.sent = time.Now()
	return err
}

// backoff returns the longest time to wait before a request is sent again that has
// failed so many times.
func backoff(failures int, longest time.Duration) time.Duration {
	if failures < 8 {
		return min(longest, firstBackoff<<(failures-1))
	}
	return longest
}

// IsOutage reports whether an error means that the API is away, and may soon be back.
func IsOutage(err error) bool {
	var answered *prefect.APIError
	if errors.As(err, &answered) {
		return httperr.IsOutageStatus(answered.Status)
	}
	return errors.Is(err, prefect.ErrNoAnswer) && httperr.IsOutage(err)
}

// Reason returns why an API does not do what it is asked for, in a few words.
func Reason(err error) string {
	var answered *prefect.APIError
	if errors.As(err, &answered) {
		return fmt.Sprintf("HTTP %d", answered.Status)
	}
	return httperr.Reason(err)
}
