package server

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

const (
	// patience is how long a request waits for memory for its body, and for its turn.
	// Prefect's clients wait 15 s for an answer (request_timeout in config.toml).
	patience = 10 * time.Second
	// smallSize is up to how many bytes a body or an answer is small, and shares the
	// part of a budget that larger ones cannot take: a secret of the largest size as
	// JSON fits.
	smallSize = 128 << 10
	// assumedMemory is what the process may use if nothing says how much.
	assumedMemory = 1 << 30
	// memoryPerRequest is what the process must have for each request in progress.
	memoryPerRequest = 2 << 20
	// memoryPerList is the same for each listing of names in progress.
	memoryPerList = 32 << 20
)

// bounds limit what requests take together: turns, and the memory that the process may
// use. Each key has its part, so that what one key takes, or leaves unread, delays no
// other.
type bounds struct {
	slots    *turns.Pool // requests in progress
	work     *turns.Pool // bytes that the work on them takes
	lists    *turns.Pool // listings of names in progress
	forwards *turns.Pool // requests that an upstream answers
	bodies   budget
	answers  budget

	patience, workLimit time.Duration
	meter               *meter
}

var _ cloud.Bounds = (*bounds)(nil)

func newBounds(c Config, m *meter) *bounds {
	memory := cmp.Or(c.Memory, assumedMemory)
	requests := int64(cmp.Or(c.MaxRequests, 128))
	return &bounds{
		slots:     turns.New(turns.Config{Size: min(requests, max(1, memory/memoryPerRequest))}),
		lists:     turns.New(turns.Config{Size: max(1, memory/memoryPerList)}),
		forwards:  turns.New(turns.Config{Size: requests, PerKey: (requests + 1) / 2}),
		work:      newHalfPool(memory / 8),
		bodies:    budget{newHalfPool(memory / 64), newHalfPool(memory / 32)},
		answers:   budget{newHalfPool(memory / 32), newHalfPool(memory / 8)},
		patience:  cmp.Or(c.timeouts.patience, patience),
		workLimit: cmp.Or(c.timeouts.request, requestTimeout),
		meter:     m,
	}
}

// newHalfPool makes a pool of bytes of which one key holds at most half.
func newHalfPool(bytes int64) *turns.Pool {
	return turns.New(turns.Config{Size: bytes, PerKey: bytes / 2, Overdraft: true})
}

// share is what one request has taken of the bounds.
type share struct {
	claimed             bool // the claims below are made
	key                 string
	ctx                 context.Context // of the request, not of the work on it
	deadline            time.Time       // of the request and its answer
	conn                *http.ResponseController
	body, answer        reservation
	work, slot, forward turns.Claim
	workTime            *workContext
}

// shareOf returns the share of the request that a context belongs to.
func (b *bounds) shareOf(ctx context.Context, key string) *share {
	s := &requestOf(ctx).share
	if !s.claimed {
		*s = share{
			claimed: true, key: key, ctx: ctx, deadline: s.deadline, conn: s.conn,
			body: b.bodies.reserve(key), answer: b.answers.reserve(key),
			work: b.work.Claim(key), slot: b.slots.Claim(key), forward: b.forwards.Claim(key),
		}
	}
	return s
}

// Body implements [cloud.Bounds].
func (b *bounds) Body(ctx context.Context, key string, bytes int) error {
	s := b.shareOf(ctx, key)
	if s.body.try(int64(bytes)) {
		return nil
	}
	return b.wait(ctx, func(ctx context.Context) error { return s.body.take(ctx, int64(bytes)) })
}

// Begin implements [cloud.Bounds]. The time for the work begins with it.
func (b *bounds) Begin(ctx context.Context, key string, bytes int) (context.Context, error) {
	s := b.shareOf(ctx, key)
	if !s.work.Try(int64(bytes)) || !s.slot.Try(1) {
		clearReadDeadline(s.conn)
		if err := b.wait(ctx, func(ctx context.Context) error { return s.takeTurn(ctx, int64(bytes)) }); err != nil {
			s.endTurn()
			return nil, err
		}
	}
	s.workTime = newWorkContext(ctx, b.workLimit)
	return s.workTime, nil
}

// takeTurn waits for the parts of a turn that the request does not have yet.
func (s *share) takeTurn(ctx context.Context, bytes int64) error {
	if !s.work.Active() {
		if err := s.work.Take(ctx, bytes); err != nil {
			return err
		}
	}
	return s.slot.Take(ctx, 1)
}

// Answer implements [cloud.Bounds]. A large answer waits as long as its client does.
// Meanwhile another request has its turn, and its own time is paused.
func (b *bounds) Answer(ctx context.Context, bytes int) error {
	s := b.shareOf(ctx, "")
	if s.answer.try(int64(bytes)) {
		return nil
	}
	s.slot.Release()
	s.workTime.pause()
	defer s.workTime.resume()
	clearReadDeadline(s.conn)
	ctx, cancel := context.WithDeadline(s.ctx, s.deadline)
	defer cancel()
	if err := s.answer.take(ctx, int64(bytes)); err != nil {
		return err
	}
	return s.slot.Take(ctx, 1)
}

// List implements [cloud.Bounds].
func (b *bounds) List(ctx context.Context, key string) (done func(), err error) {
	claim := b.lists.Claim(key)
	err = claim.Take(ctx, 1)
	return claim.Release, err
}

// End implements [cloud.Bounds].
func (b *bounds) End(ctx context.Context) { b.shareOf(ctx, "").endTurn() }

func (s *share) endTurn() {
	s.slot.Release()
	s.work.Release()
	if s.workTime != nil {
		s.workTime.stop()
	}
}

// Forward implements [cloud.Bounds].
func (b *bounds) Forward(ctx context.Context, key string) error {
	s := b.shareOf(ctx, key)
	if s.forward.Try(1) {
		return nil
	}
	return b.wait(ctx, func(ctx context.Context) error { return s.forward.Take(ctx, 1) })
}

// wait calls take with a context that ends after the patience, and counts the
// requests for which that was too short.
func (b *bounds) wait(ctx context.Context, take func(context.Context) error) error {
	patient, cancel := context.WithTimeout(ctx, b.patience)
	defer cancel()
	err := take(patient)
	if err != nil && ctx.Err() == nil {
		b.meter.busy.Inc()
	}
	return err
}

// close releases what a request still has.
func (s *share) close() {
	if s.claimed {
		s.endTurn()
		s.forward.Release()
		s.body.release()
		s.answer.release()
	}
}
