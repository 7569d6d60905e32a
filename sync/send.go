package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// send gives each action of a batch its result. Actions that failed for a moment are
// sent again in a smaller batch.
func (a *applier) send(ctx context.Context, b batch) {
	ask, retries := a.newAsk(ctx), a.store.pacer.Retries(pace.Write)
	for len(b.indexes) > 0 {
		a.checkStop()
		if err := a.stopCause(retries.Pause(ctx, a.quit)); err != nil {
			a.giveUp(b.indexes, err)
			return
		}
		results := a.mutate(ctx, b, ask)
		retries.Note(errorsOf(results)...)
		b = a.record(b, results, retries)
	}
}

func errorsOf(results []prefect.MutationResult) []error {
	errs := make([]error, len(results))
	for i := range results {
		errs[i] = results[i].Err
	}
	return errs
}

// notSent means that [applier.newAsk] sent nothing, and why.
type notSent struct{ why error }

func (e *notSent) Error() string { return "not sent: " + e.why.Error() }

func (e *notSent) Unwrap() error { return e.why }

// whyNotSent returns why nothing was sent, nil if something was.
func whyNotSent(err error) error {
	var e *notSent
	if errors.As(err, &e) {
		return e.why
	}
	return nil
}

// newAsk returns the function that sends the requests of a batch, each at its turn.
// Once stop is closed it sends none, even before forwardStop has relayed that.
func (a *applier) newAsk(ctx context.Context) prefect.Ask {
	return func(send func() error) error {
		a.checkStop()
		sent, err := a.store.pacer.Wait(ctx, a.quit)
		if err != nil {
			return &notSent{a.stopCause(err)}
		}
		err = send()
		a.store.pacer.Observe(sent, err)
		return err
	}
}

func (a *applier) checkStop() {
	select {
	case <-a.opts.stop:
		a.halt(ErrInterrupted)
	default:
	}
}

// stopCause returns the cause of the stop, if err is only the interruption of a wait.
func (a *applier) stopCause(err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if errors.Is(err, ErrInterrupted) && a.quitCause != nil {
		return a.quitCause
	}
	return err
}

func (a *applier) mutate(ctx context.Context, b batch, ask prefect.Ask) []prefect.MutationResult {
	for _, i := range b.indexes {
		a.states[i].sent++
	}
	if a.actions[b.indexes[0]].Kind != Delete {
		return a.store.SetSecrets(ctx, b.secrets, ask)
	}
	names := make([]string, len(b.secrets))
	for i := range names {
		names[i] = b.secrets[i].Name
	}
	return a.store.DeleteSecrets(ctx, names, ask)
}

// record gives the actions of a batch their results, and returns those that are to be
// sent again.
func (a *applier) record(b batch, results []prefect.MutationResult, retries *pace.Retries) (retry batch) {
	ended := 0
	for i, index := range b.indexes {
		if a.recordOne(index, results[i], retries) {
			ended++
			continue
		}
		retry.indexes, retry.secrets = append(retry.indexes, index), append(retry.secrets, b.secrets[i])
	}
	a.progress(ended)
	return retry
}

// recordOne gives an action its result, and reports false if it is to be sent again.
func (a *applier) recordOne(index int, result prefect.MutationResult, retries *pace.Retries) bool {
	switch why := whyNotSent(result.Err); {
	case result.Err == nil:
		a.succeed(index, result.Changed)
	case why != nil:
		a.abandon(index, why)
	case a.mayRetry(index, result.Err, retries):
		return false
	default:
		a.fail(index, result.Err)
	}
	return true
}

// mayRetry notes a failure, and reports whether sending the action again may help. If
// the key is not accepted, nothing more is sent.
func (a *applier) mayRetry(index int, err error, retries *pace.Retries) bool {
	if errors.Is(err, prefect.ErrUnauthenticated) {
		a.halt(err)
	}
	s := &a.states[index]
	s.err, s.mayBeDone = err, s.mayBeDone || prefect.MayBeDone(err)
	return retries.Allow(err)
}

// succeed records an acknowledged action. If it was sent more than once, an answer of
// "not changed" counts as a change: an earlier request may have made it.
func (a *applier) succeed(index int, changed bool) {
	switch action := &a.actions[index]; {
	case action.Kind == Delete:
		action.Result = Deleted
	case !changed && a.states[index].sent == 1:
		action.Result = Unchanged
	case action.Kind == Create:
		action.Result = Created
	default:
		action.Result = Overwritten
	}
}

func (a *applier) fail(index int, err error) {
	action, s := &a.actions[index], &a.states[index]
	action.Result, action.Reason, s.err = Failed, err.Error(), err
	if s.mayBeDone {
		action.Result = Unknown
	}
}

// giveUp ends a batch that is not sent, or not sent again.
func (a *applier) giveUp(indexes []int, why error) {
	for _, index := range indexes {
		a.abandon(index, why)
	}
	a.progress(len(indexes))
}

func (a *applier) abandon(index int, why error) {
	if last := a.states[index].err; last != nil {
		why = pace.NotRetried(last, why)
	} else {
		why = fmt.Errorf("not sent: %w", why)
	}
	a.fail(index, why)
}

// progress counts n more actions that are done.
func (a *applier) progress(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done += n
	if a.opts.progress != nil && n > 0 {
		a.opts.progress(a.done, a.total)
	}
}
