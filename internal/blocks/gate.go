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
	// firstCalm is how many writes must succeed in a row, for each writer, before there
	// are twice as many; it doubles with each time that these were too many, up to
	// maxCalm.
	firstCalm = 8
	maxCalm   = 256
	// patience is how long a database may be busy, without a success in between, before
	// the server counts as away: as long as sync waits for a server that is. Beside other
	// programs that write to the same SQLite, a writer is often unlucky for half of that.
	patience = time.Minute
	// The longest pause after the first answer that the database is busy. It doubles.
	firstPause = 50 * time.Millisecond
	// After so many outages, over so long a time, nothing more is sent. Each of sync's
	// writers waits as long for a server that is away, and one after the other would.
	maxOutages = 10
	maxAway    = time.Minute
	maxPause   = time.Second
)

// gate lets writers in, one at first. SQLite has one writer: with more, a server answers
// most of them that its database is busy, and takes longer for all. With PostgreSQL and
// in Prefect Cloud there are more from write to write, as long as nothing says busy.
//
// The zero value is ready to use.
type gate struct {
	mu      sync.Mutex
	extra   int // writers besides the one
	writing int
	waiting []chan error // the first comes first; nil lets one in
	calm    int          // successes since the number of writers changed
	tooMany int          // how often it was too high
	busy    busy         // since the last success
	outages int          // since the last success
	away    time.Time    // when the first of these began
}

// busy are answers in a row that the database is busy. The zero value has none.
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
	return rand.N(min(firstPause<<min(b.answers-1, 8), maxPause)), time.Since(b.began) < patience
}

// enter waits until one more may write. It returns the error of an outage that the
// writers before it have met.
func (g *gate) enter(ctx context.Context) error {
	turn := make(chan error, 1)
	g.mu.Lock()
	if g.outages >= maxOutages && time.Since(g.away) >= maxAway {
		g.mu.Unlock()
		return errAway
	}
	g.waiting = append(g.waiting, turn)
	g.admit()
	g.mu.Unlock()
	select {
	case err := <-turn:
		return err
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(g.waiting, turn); at >= 0 {
		g.waiting = slices.Delete(g.waiting, at, at+1)
	} else if err := <-turn; err == nil { // the turn came at the same moment
		g.writing--
		g.admit()
	}
	return context.Cause(ctx)
}

// leave ends a write.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writing--
	g.admit()
}

// admit lets in as many as may write.
func (g *gate) admit() {
	for len(g.waiting) > 0 && g.writing <= g.extra {
		g.waiting[0] <- nil
		g.waiting = g.waiting[1:]
		g.writing++
	}
}

// errAway is the error of a write that is not sent.
var errAway = &httperr.UnsentError{Err: errors.New("not sent, because the server has been away for too long"), Final: true}

// note learns from how a request of a writer ended, which writes or looks something up.
// It reports whether to send it again, after a pause.
func (g *gate) note(err error, writes bool) (pause time.Duration, again bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil:
		if writes {
			g.noteSuccess()
		}
	case isBusy(err):
		if g.extra > 0 {
			g.tooMany++
		}
		g.extra, g.calm = 0, 0
		if pause, again = g.busy.next(); !again {
			g.noteOutage(err, g.busy.began)
		}
	case pace.IsOutage(err):
		g.noteOutage(err, time.Now())
	}
	return pause, again
}

func (g *gate) noteSuccess() {
	g.busy, g.outages = busy{}, 0
	g.calm++
	if g.extra+1 < pace.MaxInFlight && g.calm >= min(firstCalm<<min(g.tooMany, 8), maxCalm)*(g.extra+1) {
		g.calm = 0
		g.extra = min(2*(g.extra+1), pace.MaxInFlight) - 1
		g.admit()
	}
}

// noteOutage ends the waiting after the second outage in a row: who waits for a server
// that does not answer would have to wait for its time to answer each writer.
func (g *gate) noteOutage(err error, began time.Time) {
	g.extra, g.calm = 0, 0
	if g.outages++; g.outages == 1 {
		g.away = began
		return
	}
	for _, turn := range g.waiting {
		turn <- &unwrittenError{err}
	}
	g.waiting = nil
}
