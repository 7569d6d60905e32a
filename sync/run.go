package sync

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Run brings sources into the stores of one tenant or several, all at once. If the
// plan of one tenant fails, the others still have theirs. Sources and Writer are
// required; the zero value of every other field is ready to use.
//
// A request whose error is [prefect.Retryable] is sent up to 4 times while a run plans
// and up to 10 times while it writes, after random waits of at most 15 s. If the store
// is away (it refuses or resets connections, does not answer in time, or answers with
// 502, 503 or 504), [Run.Plan] repeats a request for up to 15 s, and [Run.Sync] for up
// to a minute. A request that was refused with [prefect.ErrRateLimited] is repeated for
// as long as the context lasts: give it a deadline.
type Run struct {
	// Sources are where values come from.
	Sources []*Source

	// Rules select and rename what goes into the store; the zero value takes all.
	Rules Rules
	// Prune selects what is deleted from the store; the zero value deletes nothing.
	Prune Prune
	// Overwrite restricts what may be overwritten; empty is OverwriteAny.
	Overwrite Overwrites

	// Writer lists and writes: the store of the key's own tenant.
	Writer Store
	// WriterFrom says where Writer's key was found, for people to read.
	WriterFrom string
	// Reader reads values back to compare them after they were written. With nil,
	// nothing is read. If its key may not read, only the report says so, unless
	// ReaderFrom is set.
	Reader Reader
	// ReaderFrom says where Reader's key was found, for people to read. If it is set,
	// planning asks the store whether that key may read what is planned.
	ReaderFrom string
	// Keys are the API keys that the run has, as [prefect.TextValue] makes them. An
	// entry that equals or contains one of them is not sent.
	Keys []prefect.Value
	// Tenants are the slugs or ids of those to sync to; empty means the key's own. Others
	// are reached by ListTenants and ForTenant of a [prefect.Client], which Writer and
	// Reader must be then, or embed.
	Tenants []string
	// URL is that of the store, for reports; sync itself does not use it.
	URL string

	// First, if set, is the first of [Plan.FirstLines].
	First string
	// Notes are added to the notes of each plan.
	Notes []string
	// Mask, if set, is applied to a pattern before a message quotes it: somebody may have
	// pasted a secret there.
	Mask func(pattern string) string
	// NoCompare plans without asking a [Comparer]: its answers show which values the
	// store has, and some runs may not learn that.
	NoCompare bool

	// Stop, once closed, ends the sending: planning ends, and a run that writes waits for
	// what is in flight. A nil channel never stops.
	Stop <-chan struct{}
	// Steps are called as the run goes on.
	Steps Steps
}

// Steps are called as a [Run] goes on, in this order except for Waiting, each from one
// goroutine at a time. Any may be nil. An error ends the run, which returns it.
type Steps struct {
	// Checked is called once the sources fit the rules, before the store is asked.
	Checked func() error
	// Waiting is called once, before a request to a store that is away is repeated,
	// with the reason in a few words, such as "connection refused". It may be called at
	// any time.
	Waiting func(reason string)
	// Refused is called once every tenant has its plan or its error, if a plan would
	// delete too many names: see [TenantResult].Refused.
	Refused func(*Outcome) error
	// Planned is called once every tenant has its plan or its error, before anything is
	// written: here a person can approve the plans. It may skip actions by setting their
	// Kind to [Skip].
	Planned func(*Outcome) error
	// Progress is called with how many of the changes to all tenants are done, failed
	// ones too, each time that number grows.
	Progress func(done, total int)
	// Applied is called when everything is written and verified, as far as it could be.
	Applied func(*Outcome) error
}

// ErrInterrupted means that Run.Stop was closed before the run was done.
var ErrInterrupted = pace.ErrInterrupted

// ErrStore means that an error of the store ended a run before anything was written. An
// error that matches ErrStore also matches the store's own error.
var ErrStore = errors.New("the store failed")

// storeError is the store's error, and matches [ErrStore].
type storeError struct{ err error }

func (e storeError) Error() string { return e.err.Error() }

func (e storeError) Unwrap() error { return e.err }

func (e storeError) Is(target error) bool { return target == ErrStore }

// Plan plans for each tenant and changes nothing. The context is for the whole run.
//
// It fails if Writer or a source is nil; with [ErrEmptySource] or
// [ErrNothingIncluded]; if two sources give one name, a required name has no value, or
// a value does not fit its format; if a tenant is unknown; and with the errors of the
// steps. If no tenant has a plan, the error is why the first has none:
// [ErrTooManyDeletes], [ErrNotOwned] or [ErrStore], and [prefect.ErrForbidden] if the
// key may not do what is planned. If some tenants have one, the others' errors are in
// the outcome.
func (r Run) Plan(ctx context.Context) (*Outcome, error) {
	run, err := r.plan(ctx, false)
	if err != nil {
		return nil, err
	}
	return run.out, nil
}

// Sync plans, writes and then verifies what the stores have. It writes nothing if
// [Run.Plan] would fail; what fails later is in the outcome: see [Report].Err. An
// outcome of Plan cannot be applied, because the store may have changed since: to write
// only what somebody has seen, return an error from [Steps].Planned.
//
// The context is for the whole run. A tenth of the time until its deadline, at most
// 15 s, is reserved for verification.
func (r Run) Sync(ctx context.Context) (*Outcome, error) {
	writing, cancel := writingTime(ctx)
	defer cancel()
	run, err := r.plan(ctx, true)
	if err != nil {
		return nil, err
	}
	run.apply(writing, ctx)
	run.countRequests()
	if r.Steps.Applied != nil {
		err = r.Steps.Applied(run.out)
	}
	return run.out, err
}

func (r Run) plan(ctx context.Context, apply bool) (*running, error) {
	run := &running{Run: r, willApply: apply, out: &Outcome{}}
	if slices.Contains(r.Sources, nil) {
		return nil, errors.New("a source of the run is nil")
	}
	if _, err := newPlan(run.planInput("")); err != nil {
		return nil, err
	}
	if r.Writer == nil {
		return nil, errors.New("the run has no Writer, which is the store to write to")
	}
	if r.Steps.Checked != nil {
		if err := r.Steps.Checked(); err != nil {
			return nil, err
		}
	}
	ctx, cancel := r.untilStop(ctx)
	defer cancel()
	if err := run.open(ctx); err != nil {
		return nil, err
	}
	run.each(func(i int, t *TenantResult) { run.planTenant(ctx, run.stores[i], t) })
	run.countRequests()
	return run, run.showPlans()
}

// untilStop returns a context that also ends with Stop.
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

// verifyReserve returns the part of a timeout that is reserved for verification.
func verifyReserve(timeout time.Duration) time.Duration { return min(timeout/10, 15*time.Second) }

// writingTime returns a context for the part of a run's time in which it may write.
func writingTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-verifyReserve(time.Until(deadline))))
}
