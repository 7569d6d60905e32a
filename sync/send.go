package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// send gives each action of a batch its result. What failed for a moment is sent
// again, alone with others that did.
func (a *applier) send(ctx context.Context, b batch) {
	ask := a.asking(ctx)
	for failures := 0; len(b.at) > 0; {
		if err := a.waitAfter(ctx, failures); err != nil {
			a.giveUp(b.at, err)
			return
		}
		results := a.mutate(ctx, b, ask)
		if failed(results) {
			failures++
		}
		b = a.settle(b, results, failures)
	}
}

// failed reports whether a batch has failed in another way than by being too early.
func failed(results []prefect.MutationResult) bool {
	for i := range results {
		if err := results[i].Err; err != nil && !errors.Is(err, prefect.ErrRateLimited) {
			return true
		}
	}
	return false
}

// notSent is why the store's ask has sent nothing.
type notSent struct{ why error }

func (e *notSent) Error() string { return "not sent: " + e.why.Error() }

func (e *notSent) Unwrap() error { return e.why }

// unsent is why nothing was sent, where that is the error.
func unsent(err error) error {
	if err == nil {
		return nil
	}
	var e *notSent
	if errors.As(err, &e) {
		return e.why
	}
	return nil
}

// asking sends the requests of a batch, each at its turn. Once Stop is closed none may
// be sent, even before quitting has heard of it.
func (a *applier) asking(ctx context.Context) prefect.Ask {
	return func(send func() error) error {
		a.checkStop()
		sent, err := a.store.pacer.wait(ctx, a.quit)
		if err != nil {
			return &notSent{a.reason(err)}
		}
		err = send()
		a.store.pacer.heard(sent, err)
		return err
	}
}

func (a *applier) checkStop() {
	select {
	case <-a.o.Stop:
		a.halt(ErrInterrupted)
	default:
	}
}

// waitAfter waits before a batch is sent that has failed so often.
func (a *applier) waitAfter(ctx context.Context, failures int) error {
	if failures == 0 {
		return nil
	}
	a.checkStop()
	return a.reason(pause(ctx, a.quit, backoff(failures)))
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

func (a *applier) mutate(ctx context.Context, b batch, ask prefect.Ask) []prefect.MutationResult {
	for _, at := range b.at {
		a.states[at].sent++
	}
	if a.actions[b.at[0]].Kind != Delete {
		return a.store.SetSecrets(ctx, b.secrets, ask)
	}
	names := make([]string, len(b.secrets))
	for i := range names {
		names[i] = b.secrets[i].Name
	}
	return a.store.DeleteSecrets(ctx, names, ask)
}

// settle gives the actions of a batch their results, and returns those that are to
// be sent again.
func (a *applier) settle(b batch, results []prefect.MutationResult, failures int) (again batch) {
	ended := 0
	for i, at := range b.at {
		if a.settled(at, results[i], failures) {
			ended++
			continue
		}
		again.at, again.secrets = append(again.at, at), append(again.secrets, b.secrets[i])
	}
	a.progress(ended)
	return again
}

// settled gives an action its result, unless it is to be sent again.
func (a *applier) settled(at int, result prefect.MutationResult, failures int) bool {
	switch why := unsent(result.Err); {
	case result.Err == nil:
		a.finish(at, result.Changed)
	case why != nil:
		a.abandon(at, why)
	case a.failed(at, result.Err) && failures < applyAttempts:
		return false
	default:
		a.fail(at, result.Err)
	}
	return true
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
		a.abandon(at, why)
	}
	a.progress(len(batch))
}

func (a *applier) abandon(at int, why error) {
	if last := a.states[at].err; last != nil {
		why = notAgain(last, why)
	} else {
		why = fmt.Errorf("not sent: %w", why)
	}
	a.fail(at, why)
}

func (a *applier) progress(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done += n
	if a.o.Progress != nil && n > 0 {
		a.o.Progress(a.done, a.total)
	}
}
