package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/pyjson"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Verified is what the store was found to hold after a sync.
type Verified struct {
	Present int      `json:"present"`           // names that were written and are there
	Missing []string `json:"missing,omitempty"` // names that were written and are not there
	Left    []string `json:"left,omitempty"`    // names that were deleted and are there
	// Values is how many values were read back and are what a flow was to get; nil
	// if none was read.
	Values *int `json:"values,omitempty"`
	// Different are the names whose value was read back and is another.
	Different []string `json:"different,omitempty"`
	// WriterRefused is that the writing key was refused a value; nil if not tried.
	WriterRefused *bool `json:"writer_refused,omitempty"`
}

// What a store may have done with what it acknowledged.
var (
	errNotListed = errors.New("the store accepted it and does not list it")
	errListed    = errors.New("the store accepted its deletion and lists it")
	errDiffers   = errors.New("the store accepted it and gives a flow another value")
)

// VerifyNames asks the store for its names and compares them with what the report
// says was done. A name that was written and is missing, or was deleted and is
// there, counts as failed from then on. Where no answer came, the names may tell
// what became of a creation or a deletion.
func VerifyNames(ctx context.Context, store Store, r *Report) error {
	names, err := pacedStore(store).names(ctx, applyAttempts)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	there := setOf(names)
	r.Verified = &Verified{}
	for i := range r.Actions {
		r.verifyName(&r.Actions[i], there[r.Actions[i].Name])
	}
	if r.Err != nil && r.Undone() == 0 {
		r.Err = nil
	}
	return nil
}

func (r *Report) verifyName(action *Action, there bool) {
	if action.Result == Unknown {
		action.settle(there)
	}
	switch {
	case action.written() && there:
		r.Verified.Present++
	case action.written():
		r.Verified.Missing = append(r.Verified.Missing, action.Name)
		r.fail(action, errNotListed)
	case action.Result == Deleted && there:
		r.Verified.Left = append(r.Verified.Left, action.Name)
		r.fail(action, errListed)
	}
}

// settle finds out what became of an action whose answer was lost. Of one that
// overwrites, names say nothing.
func (a *Action) settle(there bool) {
	switch {
	case a.Kind == Create && there:
		a.Result, a.Reason = Created, "its answer was lost; the name is there now"
	case a.Kind == Delete && !there:
		a.Result, a.Reason = Deleted, "its answer was lost; the name is gone"
	case a.Kind != Overwrite:
		a.Result = Failed
	}
}

func (r *Report) fail(action *Action, err error) {
	action.Result, action.Reason = Failed, err.Error()
	if r.Err == nil {
		r.Err = err
	}
}

// written reports whether the store acknowledged that it has what was sent.
func (a *Action) written() bool {
	return a.Result == Created || a.Result == Overwritten || a.Result == Unchanged && a.Kind != Keep
}

// VerifyValues reads every value that was written back through reader, whose key
// may, and compares what a flow gets with the source. It comes after [VerifyNames].
// A value that differs counts as failed from then on; one whose answer was lost is
// written if it is there. The reader must be a [FlowReader].
func VerifyValues(ctx context.Context, reader Store, r *Report) error {
	store := pacedStore(reader)
	from, ok := store.Store.(FlowReader)
	if !ok {
		return errors.New("verifying: this store gives no values")
	}
	same, err := r.readBack(ctx, store, from)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	r.Verified.Values = new(int)
	for i := range r.Actions {
		r.verifyValue(&r.Actions[i], same[i])
	}
	if r.Undone() == 0 {
		r.Err = nil
	}
	return nil
}

// readBack reports of each action whether a flow gets what the source promised. It is
// false where nothing may have been written.
func (r *Report) readBack(ctx context.Context, store *paced, from FlowReader) ([]bool, error) {
	same := make([]bool, len(r.Actions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(inFlight)
	var panicked panics.Catcher
	for i := range r.Actions {
		if action := &r.Actions[i]; action.written() || action.Result == Unknown {
			group.Go(func() error {
				defer panicked.Catch()
				return store.ask(ctx, applyAttempts, func() (err error) {
					same[i], err = action.readsBack(ctx, from)
					return err
				})
			})
		}
	}
	err := group.Wait()
	panicked.Pass()
	return same, err
}

func (r *Report) verifyValue(action *Action, same bool) {
	switch {
	case same:
		*r.Verified.Values++
		if action.Result == Unknown {
			action.Result, action.Reason = Overwritten, "its answer was lost; the value is there now"
			r.Verified.Present++
		}
	case action.written():
		r.Verified.Different = append(r.Verified.Different, action.Name)
		r.fail(action, errDiffers)
	case action.Result == Unknown && action.Kind == Overwrite:
		action.Result = Failed
	}
}

// readsBack reports whether a flow gets from the store what the source promised.
func (a *Action) readsBack(ctx context.Context, from FlowReader) (bool, error) {
	got, err := from.GetFlowValue(ctx, a.Name)
	if errors.Is(err, prefect.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return sameJSON(got, a.promised()), nil
}

// promised is what a flow is to get.
func (a *Action) promised() any {
	text := a.text.RevealText()
	if a.sent.parsed {
		if v, err := pyjson.Loads(text); err == nil {
			return v
		}
	}
	return text
}

// sameJSON compares what json.loads gives; NaN equals itself here.
func sameJSON(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameJSON)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, sameJSON)
	case json.Number, string, bool, nil:
		return a == b
	}
	return false
}

// VerifyWriterRefused asks the store for a value with the key that wrote, which
// a store must refuse. A store that is no [FlowReader] is not asked.
func VerifyWriterRefused(ctx context.Context, writer Store, r *Report) error {
	from, ok := pacedStore(writer).Store.(FlowReader)
	if !ok {
		return nil
	}
	for i := range r.Actions {
		if !r.Actions[i].written() {
			continue
		}
		_, err := from.GetFlowValue(ctx, r.Actions[i].Name)
		refused := errors.Is(err, prefect.ErrForbidden)
		if err != nil && !refused {
			return fmt.Errorf("verifying: %w", err)
		}
		r.Verified.WriterRefused = &refused
		return nil
	}
	return nil
}
