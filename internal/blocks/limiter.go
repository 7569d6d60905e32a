package blocks

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/internal/pace"
)

const (
	// firstStreak is how many writes must succeed in a row, for each writer, before the
	// number of writers doubles. It doubles itself each time that the number was too
	// high, up to maxStreak.
	firstStreak = 8
	maxStreak   = 256
	// A busy database counts as an outage after maxBusy without a success, as long as sync
	// waits for an unavailable server. Where other programs write to the same SQLite, a
	// write often takes half of that.
	maxBusy = time.Minute
	// The pause before a retry is random, of at most firstPause after the first answer
	// that the database is busy. It doubles with each further one, up to maxPause.
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
	// No write is sent any more after maxOutages without a success, over at least
	// maxOutage. Each of sync's writers would wait that long again, one after the other.
	maxOutages = 10
	maxOutage  = time.Minute
)

// limiter limits how many writes are sent at once, to one at first. SQLite has one writer:
// with more, a server answers most of them that its database is busy, and takes longer for
// all. As long as no answer says so, as with PostgreSQL and in Prefect Cloud, the limit
// doubles after each streak of successes.
//
// The zero value is ready to use.
type limiter struct {
	mu      sync.Mutex
	extra   int // writers beyond the first
	writing int
	waiting []chan error // in order of arrival; each receives nil for its turn, or an error
	streak  int          // successes since the number of writers changed
	tooMany int          // how often the number was too high
	busy    busy         // since the last success
	outages int          // since the last success
	since   time.Time    // when the first of these outages began
}

// busy counts answers in a row that the database is busy. The zero value is ready to use.
type busy struct {
	answers int
	began   time.Time
}

// next returns how long to pause before the request is sent again, and reports false if
// that has been tried for long enough.
func (b *busy) next() (pause time.Duration, again bool) {
	if b.answers == 0 {
		b.began = time.Now()
	}
	b.answers++
	return rand.N(min(firstPause<<min(b.answers-1, 8), maxPause)), time.Since(b.began) < maxBusy
}

// acquire waits until the caller may write. It returns an error if the server is
// unavailable, or if the context ends first.
func (l *limiter) acquire(ctx context.Context) error {
	turn := make(chan error, 1)
	l.mu.Lock()
	if l.outages >= maxOutages && time.Since(l.since) >= maxOutage {
		l.mu.Unlock()
		return errUnavailable
	}
	l.waiting = append(l.waiting, turn)
	l.admit()
	l.mu.Unlock()
	select {
	case err := <-turn:
		return err
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := slices.Index(l.waiting, turn); at >= 0 {
		l.waiting = slices.Delete(l.waiting, at, at+1)
	} else if err := <-turn; err == nil { // the turn came at the same moment
		l.writing--
		l.admit()
	}
	return context.Cause(ctx)
}

// release ends the write of a caller whose acquire returned nil.
func (l *limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing--
	l.admit()
}

// admit gives as many waiting writers their turn as the limit allows.
func (l *limiter) admit() {
	for len(l.waiting) > 0 && l.writing <= l.extra {
		l.waiting[0] <- nil
		l.waiting = l.waiting[1:]
		l.writing++
	}
}

// errUnavailable is the error of a write that is not sent.
var errUnavailable = &httperr.UnsentError{Err: errors.New("not sent: the server has taken no write for a minute"), Final: true}

// observe adapts the limit to the outcome of a writer's request; writes is false for one
// that only reads. It reports whether to send the request again, after a pause.
func (l *limiter) observe(err error, writes bool) (pause time.Duration, again bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		if writes {
			l.observeSuccess()
		}
	case isBusy(err):
		if l.extra > 0 {
			l.tooMany++
		}
		l.extra, l.streak = 0, 0
		if pause, again = l.busy.next(); !again {
			l.observeOutage(err, l.busy.began)
		}
	case pace.IsOutage(err):
		l.observeOutage(err, time.Now())
	}
	return pause, again
}

func (l *limiter) observeSuccess() {
	l.busy, l.outages = busy{}, 0
	l.streak++
	if l.extra+1 < pace.MaxInFlight && l.streak >= min(firstStreak<<min(l.tooMany, 8), maxStreak)*(l.extra+1) {
		l.streak = 0
		l.extra = min(2*(l.extra+1), pace.MaxInFlight) - 1
		l.admit()
	}
}

// observeOutage fails all waiting writers after the second outage in a row. Otherwise each
// would wait in turn for the same unavailable server until its request times out.
func (l *limiter) observeOutage(err error, began time.Time) {
	l.extra, l.streak = 0, 0
	if l.outages++; l.outages == 1 {
		l.since = began
		return
	}
	for _, turn := range l.waiting {
		turn <- &notWrittenError{err}
	}
	l.waiting = nil
}
