package sync

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// send gives each action of a batch its result. What failed for a moment is sent
// again, alone with others that did. A document that the API refuses as a whole is
// halved, so that one secret takes no other with it.
func (a *applier) send(ctx context.Context, batch []int) (taken bool) {
	for failures := 0; len(batch) > 0; {
		if limit := a.documentLimit(); len(batch) > limit {
			return a.split(ctx, batch, limit)
		}
		sent, err := a.turn(ctx, failures)
		if err != nil {
			a.giveUp(batch, err)
			return taken
		}
		a.count(batch)
		results, err := a.mutate(ctx, batch)
		a.store.pacer.heard(sent, err)
		if len(batch) > 1 && isRefusal(err) {
			return a.halve(ctx, batch)
		}
		if !errors.Is(err, prefect.ErrRateLimited) {
			failures++
		}
		taken = taken || err == nil
		batch = a.settle(batch, results, err, failures)
	}
	return taken
}

// turn waits until the batch may be sent. Once Stop is closed none may, even before
// quitting has heard of it.
func (a *applier) turn(ctx context.Context, failures int) (time.Time, error) {
	select {
	case <-a.o.Stop:
		a.halt(ErrInterrupted)
	default:
	}
	if failures > 0 {
		if err := pause(ctx, a.quit, backoff(failures)); err != nil {
			return time.Time{}, a.reason(err)
		}
	}
	sent, err := a.store.pacer.wait(ctx, a.quit)
	return sent, a.reason(err)
}

// reason is why the run has come to an end, where that is why a wait did.
func (a *applier) reason(err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if errors.Is(err, ErrInterrupted) && a.why != nil {
		return a.why
	}
	return err
}

func (a *applier) mutate(ctx context.Context, batch []int) ([]prefect.MutationResult, error) {
	if a.actions[batch[0]].Kind == Delete {
		names := make([]string, len(batch))
		for i, at := range batch {
			names[i] = a.actions[at].Name
		}
		return a.store.client.DeleteSecrets(ctx, names)
	}
	secrets := make([]prefect.NamedValue, len(batch))
	for i, at := range batch {
		secrets[i] = prefect.NamedValue{Name: a.actions[at].Name, Value: a.actions[at].sent.value}
	}
	return a.store.client.SetSecrets(ctx, secrets)
}

// isRefusal reports whether the API refused the document itself: for its size, its
// depth, or anything in it. Data that is null because of one field is that too.
func isRefusal(err error) bool {
	var e *prefect.APIError
	switch {
	case !errors.As(err, &e), errors.Is(err, prefect.ErrUnauthenticated):
		return false
	case e.Status == http.StatusOK:
		return e.Path != ""
	default:
		return e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge
	}
}

// halve sends the two halves of a document that was refused. If both are taken,
// its length was the reason, and no other document is longer than they are.
func (a *applier) halve(ctx context.Context, batch []int) bool {
	half := (len(batch) + 1) / 2
	first, second := a.send(ctx, batch[:half]), a.send(ctx, batch[half:])
	if first && second {
		a.mu.Lock()
		a.limit = min(a.limit, half)
		a.mu.Unlock()
	}
	return first && second
}

// count notes that a batch is sent.
func (a *applier) count(batch []int) {
	for _, at := range batch {
		a.states[at].sent++
	}
}

func (a *applier) split(ctx context.Context, batch []int, limit int) bool {
	all := true
	for _, part := range a.batches(batch, limit) {
		all = a.send(ctx, part) && all
	}
	return all
}

func (a *applier) documentLimit() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.limit
}

// settle gives the actions of a batch their results, and returns those that are to
// be sent again. The error is that of the whole document.
func (a *applier) settle(batch []int, results []prefect.MutationResult, err error, failures int) (again []int) {
	ended := 0
	for i, at := range batch {
		result := prefect.MutationResult{Err: err}
		if err == nil {
			result = results[i]
		}
		switch {
		case result.Err == nil:
			a.finish(at, result.Changed)
		case a.failed(at, result.Err) && failures < applyAttempts:
			again = append(again, at)
			continue
		default:
			a.fail(at, result.Err)
		}
		ended++
	}
	a.progress(ended)
	return again
}

// failed remembers a failure, and reports whether it may help to try again. A key
// that is refused once is refused always.
func (a *applier) failed(at int, err error) bool {
	if errors.Is(err, prefect.ErrUnauthenticated) {
		a.halt(err)
	}
	s := &a.states[at]
	s.err, s.mayBeDone = err, s.mayBeDone || prefect.MayBeDone(err)
	return prefect.Retryable(err)
}

// finish counts an answer of "not changed" as done from the second request on: the
// one before may have made the change.
func (a *applier) finish(at int, changed bool) {
	switch action := &a.actions[at]; {
	case action.Kind == Delete:
		action.Result = Deleted
	case !changed && a.states[at].sent == 1:
		action.Result = Unchanged
	case action.Kind == Create:
		action.Result = Created
	default:
		action.Result = Overwritten
	}
}

func (a *applier) fail(at int, err error) {
	action, s := &a.actions[at], &a.states[at]
	action.Result, action.Reason, s.err = Failed, err.Error(), err
	if s.mayBeDone {
		action.Result = Unknown
	}
}

// giveUp ends a batch that is not sent, or not sent again.
func (a *applier) giveUp(batch []int, why error) {
	for _, at := range batch {
		if last := a.states[at].err; last != nil {
			a.fail(at, notAgain(last, why))
		} else {
			a.fail(at, fmt.Errorf("not sent: %w", why))
		}
	}
	a.progress(len(batch))
}

func (a *applier) progress(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done += n
	if a.o.Progress != nil && n > 0 {
		a.o.Progress(a.done, a.total)
	}
}
