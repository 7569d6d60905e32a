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

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Verified is what the store has after a sync.
type Verified struct {
	Present int      `json:"present"`           // how many names were written and exist
	Missing []string `json:"missing,omitempty"` // names that were written and do not exist
	Left    []string `json:"left,omitempty"`    // names that were deleted and exist
	// Values counts the values that were read back and are what a flow should get; nil
	// if none was read.
	Values *int `json:"values,omitempty"`
	// ByWriter reports whether the writing key read them, which a store may allow.
	ByWriter bool `json:"by_writer,omitempty"`
	// Different has the names whose value was read back and differs.
	Different []string `json:"different,omitempty"`
	// Unreadable has the names whose value the writing key may not read, so that nothing
	// is known of it.
	Unreadable []string `json:"unreadable,omitempty"`
	// WriterRefused reports whether the store refused the writing key a value, as it
	// must; nil if that was not tried.
	WriterRefused *bool `json:"writer_refused,omitempty"`
}

// Why an action that the store acknowledged counts as failed.
var (
	errNotListed = errors.New("the store accepted it, but does not list it")
	errListed    = errors.New("the store accepted its deletion, but still lists it")
	errDiffers   = errors.New("the store accepted it, but gives a flow another value")
)

// verifyNames compares the names in the store with what the report says was done. A
// name that was written and is missing, or was deleted and exists, counts as failed
// from then on. If an answer was lost, the names may show what became of a creation or
// a deletion.
func verifyNames(ctx context.Context, store *paced, r *Report) error {
	names, err := store.names(ctx)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	existing := setOf(names)
	r.Verified = &Verified{}
	for i := range r.Actions {
		r.verifyName(&r.Actions[i], existing[r.Actions[i].Name])
	}
	if r.Err != nil && r.undone() == 0 {
		r.Err = nil
	}
	return nil
}

func (r *Report) verifyName(action *Action, exists bool) {
	if action.Result == Unknown {
		action.resolve(exists)
	}
	switch {
	case action.written() && exists:
		r.Verified.Present++
	case action.written():
		r.Verified.Missing = append(r.Verified.Missing, action.Name)
		r.fail(action, errNotListed)
	case action.Result == Deleted && exists:
		r.Verified.Left = append(r.Verified.Left, action.Name)
		r.fail(action, errListed)
	}
}

// resolve replaces the unknown result of an action by what the existence of its name
// shows. For an overwrite it shows nothing.
func (a *Action) resolve(exists bool) {
	switch {
	case a.Kind == Create && exists:
		a.Result, a.Reason = Created, "the answer was lost; the name is there now"
	case a.Kind == Delete && !exists:
		a.Result, a.Reason = Deleted, "the answer was lost; the name is gone"
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

// mayBeThere reports whether the store may have what was sent.
func (a *Action) mayBeThere() bool { return a.written() || a.Result == Unknown }

// verifyValues reads every value that was written with the reader's key, and compares
// what a flow gets with the source. It is called after verifyNames.
func verifyValues(ctx context.Context, reader *pacedReader, r *Report) error {
	found, err := r.readBack(ctx, reader)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	r.recordValues(found)
	return nil
}

// comparison is what is known of a value that was read back. The zero value is that of
// one that is missing, or another than the source has.
type comparison int

const (
	differs comparison = iota
	equals
	unreadable // nothing is known
)

// maxBulk is how many values one call of a [BulkReader] returns.
const maxBulk = 200

// verifyBulk is verifyValues with a store that reads values itself. It does nothing if
// the store does not, or its key may not.
func verifyBulk(ctx context.Context, store *paced, r *Report) error {
	reader, ok := store.Store.(BulkReader)
	if !ok {
		return nil
	}
	var indexes []int
	for i := range r.Actions {
		if r.Actions[i].mayBeThere() {
			indexes = append(indexes, i)
		}
	}
	found := make([]comparison, len(r.Actions))
	for chunk := range slices.Chunk(indexes, maxBulk) {
		err := store.pacer.Do(ctx, pace.Write, func() error { return r.readChunk(ctx, reader, chunk, found) })
		if err != nil {
			return fmt.Errorf("verifying: %w", err)
		}
	}
	isReadable := func(i int) bool { return found[i] != unreadable }
	if len(indexes) > 0 && !slices.ContainsFunc(indexes, isReadable) {
		return nil
	}
	r.recordValues(found)
	r.Verified.ByWriter = true
	return nil
}

// readChunk compares the values of the actions at the indexes.
func (r *Report) readChunk(ctx context.Context, reader BulkReader, indexes []int, found []comparison) error {
	names := make([]string, len(indexes))
	for i, index := range indexes {
		names[i] = r.Actions[index].Name
	}
	values, hidden, err := reader.GetFlowValues(ctx, names)
	if errors.Is(err, prefect.ErrForbidden) {
		values, hidden, err = nil, names, nil
	}
	if err != nil {
		return err
	}
	isHidden := setOf(hidden)
	for _, index := range indexes {
		a := &r.Actions[index]
		switch got, ok := values[a.Name]; {
		case ok && equalJSON(got, a.flowValue()):
			found[index] = equals
		case isHidden[a.Name]:
			found[index] = unreadable
		default:
			found[index] = differs
		}
	}
	return nil
}

// recordValues records, by the index of the action, whether a flow gets what the source
// has. A value that differs counts as failed from then on; one whose answer was lost
// counts as written if the store has it. What is unreadable keeps its result.
func (r *Report) recordValues(found []comparison) {
	r.Verified.Values = new(int)
	for i := range r.Actions {
		r.verifyValue(&r.Actions[i], found[i])
	}
	if r.undone() == 0 {
		r.Err = nil
	}
}

// readBack compares, for each action, what a flow gets with what the source has.
func (r *Report) readBack(ctx context.Context, reader *pacedReader) ([]comparison, error) {
	found := make([]comparison, len(r.Actions))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(pace.MaxInFlight)
	var panicked panics.Catcher
	for i := range r.Actions {
		if action := &r.Actions[i]; action.mayBeThere() {
			group.Go(func() error {
				defer panicked.Catch()
				return reader.pacer.Do(ctx, pace.Write, func() (err error) {
					found[i], err = action.readsBack(ctx, reader)
					return err
				})
			})
		}
	}
	err := group.Wait()
	panicked.Pass()
	return found, err
}

func (r *Report) verifyValue(action *Action, found comparison) {
	switch {
	case found == unreadable:
		r.Verified.Unreadable = append(r.Verified.Unreadable, action.Name)
	case found == equals:
		*r.Verified.Values++
		if action.Result == Unknown {
			action.Result, action.Reason = Overwritten, "the answer was lost; the value is there now"
			r.Verified.Present++
		}
	case action.written():
		r.Verified.Different = append(r.Verified.Different, action.Name)
		r.fail(action, errDiffers)
	case action.Result == Unknown && action.Kind == Overwrite:
		action.Result = Failed
	}
}

// readsBack compares what a flow gets from the store with what the source has.
func (a *Action) readsBack(ctx context.Context, reader Reader) (comparison, error) {
	switch got, err := reader.GetFlowValue(ctx, a.Name); {
	case errors.Is(err, prefect.ErrNotFound):
		return differs, nil
	case err != nil:
		return differs, err
	case equalJSON(got, a.flowValue()):
		return equals, nil
	}
	return differs, nil
}

// flowValue returns what a flow is to get.
func (a *Action) flowValue() any { return a.sent.flowValue(a.text.RevealText()) }

// equalJSON reports whether two values of json.loads are equal. A number equals only
// one of its type, of which json.Number is compared by its digits; NaN equals itself.
func equalJSON(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && (a == b || math.IsNaN(a) && math.IsNaN(b))
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equalJSON)
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && maps.EqualFunc(a, b, equalJSON)
	case json.Number, string, bool, nil:
		return a == b
	}
	return false
}

// verifyWriterRefused reads one value that was written with the key that wrote it,
// which the store must refuse. It does nothing if the store gives no values.
func verifyWriterRefused(ctx context.Context, store *paced, r *Report) error {
	reader, ok := store.Store.(Reader)
	if !ok {
		return nil
	}
	for i := range r.Actions {
		if !r.Actions[i].written() {
			continue
		}
		err := store.pacer.Do(ctx, pace.Write, func() error {
			_, err := reader.GetFlowValue(ctx, r.Actions[i].Name)
			return err
		})
		refused := errors.Is(err, prefect.ErrForbidden)
		if err != nil && !refused {
			return fmt.Errorf("verifying: %w", err)
		}
		r.Verified.WriterRefused = &refused
		return nil
	}
	return nil
}
