package sync

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// applyOptions say how a plan is applied. The zero value is ready to use.
type applyOptions struct {
	// progress is called with how many of the actions that change the store are done,
	// each time that number grows, from one goroutine at a time; nil is not called.
	progress func(done, total int)
	// stop, once closed, ends the sending; what is in flight is waited for. A nil
	// channel never stops.
	stop <-chan struct{}
}

// apply does what the plan says and nothing else. What failed for a moment is sent
// again, until the context ends. A name that fails for good is in the report with its
// reason, and the others are written nevertheless. Deletions come last, and only if
// every write was acknowledged.
func apply(ctx context.Context, store *paced, plan *Plan, opts applyOptions) *Report {
	a := newApplier(store, plan, opts)
	defer a.forwardStop()()
	writes, deletes := a.indexes(Create, Overwrite), a.indexes(Delete)
	a.total = len(writes) + len(deletes)
	a.run(ctx, writes)
	if a.acknowledged(writes) {
		a.run(ctx, deletes)
	} else {
		a.skipDeletes(deletes)
	}
	return &Report{Actions: a.actions, Err: a.firstError()}
}

// applier is one call of apply. An action and its state belong to one worker at a
// time; mu guards the rest.
type applier struct {
	store   *paced
	opts    applyOptions
	actions []Action
	states  []state // by the index of the action

	mu        sync.Mutex
	total     int
	done      int
	quit      chan struct{} // closed to send nothing more
	quitCause error         // why quit was closed
}

// state is what applier knows of an action besides its result.
type state struct {
	mayBeDone bool  // a request for it was lost, and may have been carried out
	sent      int   // in how many batches
	err       error // the last
}

func newApplier(store *paced, plan *Plan, opts applyOptions) *applier {
	a := &applier{
		store: store, opts: opts, actions: slices.Clone(plan.Actions), states: make([]state, len(plan.Actions)),
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

// forwardStop relays the caller's stop until the returned function is called.
func (a *applier) forwardStop() (end func()) {
	ending := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-a.opts.stop:
			a.halt(ErrInterrupted)
		case <-ending:
		}
	}()
	return func() { close(ending); <-ended }
}

// halt ends the sending.
func (a *applier) halt(why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.quitCause == nil {
		a.quitCause = why
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

// run sends the actions at the indexes, which are all writes or all deletions, and
// returns when each has its result.
func (a *applier) run(ctx context.Context, indexes []int) {
	var group errgroup.Group
	var panicked panics.Catcher
	group.SetLimit(pace.MaxInFlight)
	for rest := a.batch(indexes); len(rest.indexes) > 0; {
		n := min(max(a.store.BatchLen(rest.secrets), 1), len(rest.indexes))
		first := batch{rest.indexes[:n], rest.secrets[:n]}
		rest = batch{rest.indexes[n:], rest.secrets[n:]}
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
	indexes []int
	secrets []prefect.NamedValue
}

func (a *applier) batch(indexes []int) batch {
	b := batch{indexes, make([]prefect.NamedValue, len(indexes))}
	for i, index := range indexes {
		b.secrets[i] = a.actions[index].secret()
	}
	return b
}

// acknowledged reports whether the store acknowledged every one of the writes.
func (a *applier) acknowledged(writes []int) bool {
	return !slices.ContainsFunc(writes, func(i int) bool { return !a.actions[i].written() })
}

func (a *applier) skipDeletes(deletes []int) {
	for _, i := range deletes {
		a.actions[i].Result, a.actions[i].Warn = Skipped, true
		a.actions[i].Reason = "not deleted: not all writes succeeded"
	}
}

func (a *applier) firstError() error {
	for i := range a.actions {
		if result := a.actions[i].Result; result == Failed || result == Unknown {
			return a.states[i].err
		}
	}
	return nil
}
