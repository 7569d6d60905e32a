package sync

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// inFlight bounds how many batches are under way at once.
const inFlight = 16

// ApplyOptions say how a plan is applied. The zero value is ready to use.
type ApplyOptions struct {
	// Progress hears how many of the actions that change the store are done, each
	// time that number grows, from one goroutine at a time; nil hears nothing.
	Progress func(done, total int)
	// Stop, once closed, keeps what was not sent yet from being sent; what is under
	// way is waited for. A nil channel never stops.
	Stop <-chan struct{}
}

// Apply does what the plan says and nothing else. What failed for a moment is sent
// again, until the context ends; a name that fails for good is in the report with
// its reason, and does not keep the others from being written. Deletions come
// last, and only if every write was acknowledged.
func Apply(ctx context.Context, store Store, plan *Plan, o ApplyOptions) *Report {
	a := newApplier(pacedStore(store), plan, o)
	defer a.quitting()()
	writes, deletes := a.indexes(Create, Overwrite), a.indexes(Delete)
	a.total = len(writes) + len(deletes)
	a.run(ctx, writes)
	if a.acknowledged(writes) {
		a.run(ctx, deletes)
	} else {
		a.keep(deletes)
	}
	return &Report{Tenant: plan.Tenant, Actions: a.actions, Err: a.firstFailure()}
}

// applier is one run of Apply. An action and its state belong to one worker at a
// time; mu guards the rest.
type applier struct {
	store   *paced
	o       ApplyOptions
	actions []Action
	states  []state

	mu    sync.Mutex
	total int
	done  int
	quit  chan struct{} // closed to send nothing more
	why   error         // of quit
}

// state is what is known of an action beside its result.
type state struct {
	mayBeDone bool  // a request for it was lost, and may have been carried out
	sent      int   // in how many batches
	err       error // the last
}

func newApplier(store *paced, plan *Plan, o ApplyOptions) *applier {
	a := &applier{
		store: store, o: o, actions: slices.Clone(plan.Actions), states: make([]state, len(plan.Actions)),
		quit: make(chan struct{}),
	}
	for i := range a.actions {
		switch a.actions[i].Kind {
		case Skip:
			a.actions[i].Result = Skipped
		case Keep:
			a.actions[i].Result = Unchanged
		}
	}
	return a
}

// quitting passes the caller's Stop on, until the function that it returns is called.
func (a *applier) quitting() (end func()) {
	over := make(chan struct{})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-a.o.Stop:
			a.halt(ErrInterrupted)
		case <-over:
		}
	}()
	return func() { close(over); <-gone }
}

// halt keeps anything more from being sent.
func (a *applier) halt(why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.why == nil {
		a.why = why
		close(a.quit)
	}
}

func (a *applier) indexes(kinds ...Kind) []int {
	var indexes []int
	for i := range a.actions {
		if slices.Contains(kinds, a.actions[i].Kind) {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// run sends the actions at the indexes, all of one mutation, and returns when each
// has its result.
func (a *applier) run(ctx context.Context, indexes []int) {
	var group errgroup.Group
	var panicked panics.Catcher
	group.SetLimit(inFlight)
	for rest := a.batch(indexes); len(rest.at) > 0; {
		first := rest.first(min(max(a.store.BatchLen(rest.secrets), 1), len(rest.at)))
		rest = rest.after(len(first.at))
		group.Go(func() error {
			defer panicked.Catch()
			a.send(ctx, first)
			return nil
		})
	}
	_ = group.Wait()
	panicked.Pass()
}

// batch is what one call of the store writes or deletes: the indexes of its actions,
// and what is sent for each.
type batch struct {
	at      []int
	secrets []prefect.NamedValue
}

func (a *applier) batch(indexes []int) batch {
	b := batch{at: indexes, secrets: make([]prefect.NamedValue, len(indexes))}
	for i, at := range indexes {
		b.secrets[i] = a.actions[at].secret()
	}
	return b
}

func (b batch) first(n int) batch { return batch{b.at[:n], b.secrets[:n]} }

func (b batch) after(n int) batch { return batch{b.at[n:], b.secrets[n:]} }

// acknowledged reports whether the store took every one of the writes.
func (a *applier) acknowledged(writes []int) bool {
	return !slices.ContainsFunc(writes, func(i int) bool { return !a.actions[i].written() })
}

// keep leaves what was to be deleted where it is.
func (a *applier) keep(deletes []int) {
	for _, i := range deletes {
		a.actions[i].Result, a.actions[i].Warn = Skipped, true
		a.actions[i].Reason = "not deleted: not every write has succeeded"
	}
}

func (a *applier) firstFailure() error {
	for i := range a.actions {
		if result := a.actions[i].Result; result == Failed || result == Unknown {
			return a.states[i].err
		}
	}
	return nil
}
