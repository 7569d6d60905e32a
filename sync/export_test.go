package sync

import (
	"context"
	"errors"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
)

// The tests of package sync_test reach the steps of a run by themselves.

const DefaultMaxDeletes = defaultMaxDeletes

type ApplyOptions struct {
	Progress func(done, total int)
	Stop     <-chan struct{}
}

// NewPlan plans for the key's own tenant; the plan is not to be applied.
func NewPlan(r Run) (*Plan, error) { return newPlan(planInput{Run: r}) }

// NewPlanFor plans for a tenant.
func NewPlanFor(r Run, tenant string) (*Plan, error) {
	return newPlan(planInput{Run: r, tenant: tenant})
}

// NewPlanToApply makes a plan that is to be applied.
func NewPlanToApply(r Run) (*Plan, error) { return newPlan(planInput{Run: r, apply: true}) }

func (p *Plan) CompareWith(ctx context.Context, s Store) error { return p.compareWith(ctx, asPaced(s)) }
func (p *Plan) Writes() []string                               { return p.writes() }
func (p Prune) Limit() int                                     { return p.limit() }
func (r *Report) Written() int                                 { return r.written() }
func (r *Report) Undone() int                                  { return r.undone() }

// HasSecrets reports whether a plan of this source alone finds a secret in it.
func (s *Source) HasSecrets() bool {
	_, err := NewPlan(Run{Sources: []*Source{s}})
	return !errors.Is(err, ErrEmptySource)
}

// Pace makes stores that share a pace.
type Pace struct{ pacer pace.Pacer }

// Of returns the store at this pace.
func (p *Pace) Of(s Store) Store { return &paced{s, &p.pacer, pace.Question} }

// asPaced returns a store that has a pace already, or one with a pace of its own.
func asPaced(s Store) *paced {
	if p, ok := s.(*paced); ok {
		return p
	}
	return &paced{s, new(pace.Pacer), pace.Question}
}

func readerOf(s Store) *pacedReader {
	p := asPaced(s)
	return &pacedReader{p.Store.(Reader), p.pacer, pace.Question}
}

func Apply(ctx context.Context, s Store, plan *Plan, o ApplyOptions) *Report {
	return apply(ctx, asPaced(s), plan, applyOptions{progress: o.Progress, stop: o.Stop})
}

func CheckReader(ctx context.Context, s Store, names []string, from string) error {
	return checkReader(ctx, readerOf(s), names, from)
}

func VerifyNames(ctx context.Context, s Store, r *Report) error {
	return verifyNames(ctx, asPaced(s), r)
}

func VerifyValues(ctx context.Context, s Store, r *Report) error {
	return verifyValues(ctx, readerOf(s), r)
}

func VerifyWriterRefused(ctx context.Context, s Store, r *Report) error {
	return verifyWriterRefused(ctx, asPaced(s), r)
}
