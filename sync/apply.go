package sync

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const (
	// batchBytes bounds the values of one document, in bytes of JSON.
	batchBytes = 1 << 20
	// inFlight bounds how many documents are under way at once.
	inFlight = 16
)

// Report is what a sync did.
type Report struct {
	Tenant  string
	Actions []Action // those of the plan, each with its result
	// Verified is what the store answered afterwards; nil before [VerifyNames].
	Verified *Verified
	// Err is the first reason for which an action failed; nil if none did.
	Err error
}

// ApplyOptions say how a plan is applied. The zero value is ready to use.
type ApplyOptions struct {
	// Progress hears how many of the actions that change the store are done, each
	// time that number grows, from one goroutine at a time; nil hears nothing.
	Progress func(done, total int)
	// Stop, once closed, keeps what was not sent yet from being sent; what is under
	// way is waited for. A nil channel never stops.
	Stop <-chan struct{}
}

// Apply does what the plan says and nothing else. A failed name is in the report
// with its reason, and does not keep the others from being written.
func Apply(ctx context.Context, client *prefect.Client, plan *Plan, _ ApplyOptions) *Report {
	a := &applier{client: client, actions: append([]Action(nil), plan.Actions...)}
	a.group.SetLimit(inFlight)
	a.failures = make([]error, len(a.actions))
	for _, batch := range a.batches() {
		a.group.Go(func() error {
			a.send(ctx, batch)
			return nil
		})
	}
	_ = a.group.Wait()
	return &Report{Tenant: plan.Tenant, Actions: a.actions, Err: a.firstFailure()}
}

// applier writes results by index: each index belongs to one batch, so that the
// workers share nothing else.
type applier struct {
	client   *prefect.Client
	group    errgroup.Group
	actions  []Action
	failures []error
}

// batches are the indexes of the actions that write, in documents of bounded
// length.
func (a *applier) batches() [][]int {
	var batches [][]int
	var batch []int
	size := 0
	for i := range a.actions {
		if a.actions[i].Kind == Skip {
			a.actions[i].Result = Skipped
			continue
		}
		n := len(a.actions[i].sent.value.Reveal()) + len(a.actions[i].Name)
		if len(batch) > 0 && (len(batch) == prefect.MaxBatch || size+n > batchBytes) {
			batches = append(batches, batch)
			batch, size = nil, 0
		}
		batch = append(batch, i)
		size += n
	}
	if len(batch) > 0 {
		batches = append(batches, batch)
	}
	return batches
}

// send writes one batch. A document that the API refuses as a whole is halved,
// so that one secret takes no other with it.
func (a *applier) send(ctx context.Context, batch []int) {
	secrets := make([]prefect.NamedValue, len(batch))
	for i, at := range batch {
		secrets[i] = prefect.NamedValue{Name: a.actions[at].Name, Value: a.actions[at].sent.value}
	}
	results, err := a.client.SetSecrets(ctx, secrets)
	if err != nil && len(batch) > 1 && isRefusal(err) {
		a.send(ctx, batch[:len(batch)/2])
		a.send(ctx, batch[len(batch)/2:])
		return
	}
	for i, at := range batch {
		if err != nil {
			a.fail(at, err)
			continue
		}
		a.finish(at, results[i])
	}
}

// isRefusal reports whether the API refused the document itself: for its size,
// its depth, or anything in it.
func isRefusal(err error) bool {
	var e *prefect.APIError
	return errors.As(err, &e) && (e.Status == http.StatusBadRequest || e.Status == http.StatusRequestEntityTooLarge)
}

func (a *applier) fail(at int, err error) {
	a.failures[at] = err
	a.actions[at].Result = Failed
	a.actions[at].Reason = err.Error()
}

func (a *applier) finish(at int, result prefect.MutationResult) {
	switch action := &a.actions[at]; {
	case result.Err != nil:
		a.fail(at, result.Err)
	case !result.Changed:
		action.Result = Unchanged
	case action.Kind == Create:
		action.Result = Created
	default:
		action.Result = Overwritten
	}
}

func (a *applier) firstFailure() error {
	for _, err := range a.failures {
		if err != nil {
			return err
		}
	}
	return nil
}

// Count is how many actions ended so.
func (r *Report) Count(result Result) int { return len(r.Names(result)) }

// Names are the names whose actions ended so, sorted.
func (r *Report) Names(result Result) []string {
	names := []string{}
	for _, action := range r.Actions {
		if action.Result == result {
			names = append(names, action.Name)
		}
	}
	return names
}

// Written is how many names the store accepted.
func (r *Report) Written() int {
	return r.Count(Created) + r.Count(Overwritten) + r.Count(Unchanged)
}
