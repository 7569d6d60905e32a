package blocks

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/internal/pause"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const (
	// maxWriters is how many writes sync makes at once.
	maxWriters = 16
	// firstCalm is how many writes must succeed in a row, for each writer, before there
	// is another; it doubles with each time that this was too many, up to maxCalm.
	firstCalm = 8
	maxCalm   = 256
	// maxBusy is after how many answers in a row that say so, without a success, a
	// database is no longer busy but unavailable. The pauses between them are about five
	// seconds.
	maxBusy = 12
	// The pause after such an answer, which doubles, with full jitter.
	firstPause = 50 * time.Millisecond
	maxPause   = time.Second
)

// gate lets writers in, one at first. SQLite has one writer: with more, a server answers
// most of them that its database is busy, and takes longer for all. With PostgreSQL and
// in Prefect Cloud there are more from write to write, as long as nothing says busy.
//
// While the server is away, every writer passes: their pace is sync's. The zero value is
// ready to use.
type gate struct {
	mu      sync.Mutex
	extra   int // writers besides the one
	writing int
	waiting []chan struct{} // the first comes first
	calm    int             // successes since the number of writers changed
	tooMany int             // how often it was too high
	busy    int             // answers in a row that say busy, without a success
	away    bool
}

// enter waits until one more may write.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.admit()
	g.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, other := range g.waiting {
		if other == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return context.Cause(ctx)
		}
	}
	g.writing-- // the turn came at the same moment
	g.admit()
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
	for len(g.waiting) > 0 && (g.away || g.writing <= g.extra) {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.writing++
	}
}

// note learns from how a request ended. It reports whether to send it again at once,
// after a pause.
func (g *gate) note(err error) (pause time.Duration, again bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil:
		g.noteSuccess()
	case isBusy(err):
		return g.noteBusy()
	case errors.Is(err, prefect.ErrNoAnswer), isOutage(err):
		g.away = true
		g.admit()
	}
	return 0, false
}

func isOutage(err error) bool {
	var answered *prefect.APIError
	return errors.As(err, &answered) && httperr.IsOutageStatus(answered.Status)
}

func (g *gate) noteSuccess() {
	g.busy, g.away = 0, false
	g.calm++
	if g.extra+1 < maxWriters && g.calm >= min(firstCalm<<min(g.tooMany, 8), maxCalm)*(g.extra+1) {
		g.calm = 0
		g.extra = min(2*(g.extra+1), maxWriters) - 1
		g.admit()
	}
}

func (g *gate) noteBusy() (pause time.Duration, again bool) {
	if g.extra > 0 {
		g.tooMany++
	}
	g.extra, g.calm = 0, 0
	g.busy++
	if g.busy > maxBusy {
		g.away = true
		g.admit()
		return 0, false
	}
	return rand.N(min(firstPause<<min(g.busy-1, 8), maxPause)), true
}

// wait waits for a pause.
func wait(ctx context.Context, d time.Duration) error { return pause.For(ctx, d) }

// read sends a request that changes nothing, again as long as the database is busy.
func (c *Client) read(ctx context.Context, req call) error {
	for {
		err := c.do(ctx, req)
		pause, again := c.gate.note(err)
		if !again {
			return err
		}
		if wait(ctx, pause) != nil {
			return err
		}
	}
}
