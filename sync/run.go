package sync

import (
	"context"
	"time"
)

// Run brings sources into the stores of one tenant or several, all at once. One
// tenant whose plan fails keeps no other from having one. Input and Writer are
// required.
type Run struct {
	// Input is what every tenant's plan depends on. Its Tenant is not used, and Apply is
	// set by [Run.Sync].
	Input PlanInput
	// Tenants are the slugs or ids of those to sync to; empty means the key's own.
	Tenants []string
	// Writer is what the key reaches that lists and writes.
	Writer Account
	// Reader is what a key reaches that reads values back, to compare them after they
	// were written; without a Store nothing is read.
	Reader Account
	// ReaderFrom is where Reader's key was found, for people to read. If it is set,
	// planning asks the store whether that key may read what is planned.
	ReaderFrom string
	// Reviewed, if set, is what the plans are kept to ([PlanFile.Restrict]).
	Reviewed *PlanFile
	// Stop, once closed, keeps anything more from being sent: planning ends, and what is
	// being written is waited for. A nil channel never stops.
	Stop <-chan struct{}
	// Steps hear how far the run is.
	Steps Steps
}

// Steps hear how far a [Run] is, in this order, each from one goroutine at a time.
// Nil functions hear nothing. An error ends the run, which returns it.
type Steps struct {
	// Connected is called once the sources fit the rules. Nothing was asked of the
	// store.
	Connected func() error
	// Planned is called with each plan that was made, once all of them are.
	Planned func(*Plan) error
	// AllPlanned is called after that. Nothing was written.
	AllPlanned func(*Outcome) error
	// Progress hears how many of the changes to all tenants are done, failed ones too,
	// each time that number grows.
	Progress func(done, total int)
	// Applied is called when everything was written and verified, as far as it was.
	Applied func(*Outcome) error
}

// Plan plans for each tenant and changes nothing. The context bounds all of it.
//
// It fails as [NewPlan], [Account.Find], [PlanFile.Restrict] and the steps do. If no
// tenant has a plan, the error is why the first has none: [ErrTooManyDeletes],
// [ErrNotOwned], or a [*StoreError]. Where some have one, the others' errors are in the
// outcome.
func (r Run) Plan(ctx context.Context) (*Outcome, error) {
	run, err := r.plan(ctx)
	if err != nil {
		return nil, err
	}
	return run.out, nil
}

// Sync plans, writes and asks the stores what is there. It writes nothing if
// [Run.Plan] would fail; what failed after that is in the outcome.
//
// The context bounds all of it. Of the time until its deadline a tenth, and at most
// 15 s, is kept for asking what is there.
func (r Run) Sync(ctx context.Context) (*Outcome, error) {
	writing, cancel := writingTime(ctx)
	defer cancel()
	r.Input.Apply = true
	run, err := r.plan(ctx)
	if err != nil {
		return nil, err
	}
	run.apply(writing, ctx)
	run.count()
	if r.Steps.Applied != nil {
		err = r.Steps.Applied(run.out)
	}
	return run.out, err
}

func (r Run) plan(ctx context.Context) (*running, error) {
	if _, err := NewPlan(r.Input); err != nil {
		return nil, err
	}
	if r.Steps.Connected != nil {
		if err := r.Steps.Connected(); err != nil {
			return nil, err
		}
	}
	run := &running{Run: &r, out: &Outcome{URL: r.Input.URL}}
	ctx, cancel := r.untilStop(ctx)
	defer cancel()
	if err := run.open(ctx); err != nil {
		return nil, err
	}
	run.each(func(i int, t *TenantResult) { run.planTenant(ctx, run.stores[i], t) })
	run.count()
	return run, run.planned()
}

// untilStop is a context that ends with Stop, too.
func (r Run) untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	select {
	case <-r.Stop:
		cancel()
	default:
	}
	go func() {
		select {
		case <-r.Stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// verifyReserve is what of a run's time is kept for asking what is there.
func verifyReserve(timeout time.Duration) time.Duration { return min(timeout/10, 15*time.Second) }

// writingTime is the part of a run's time in which it may write.
func writingTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-verifyReserve(time.Until(deadline))))
}
