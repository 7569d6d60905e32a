package fake

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// maxCalls bounds what is recorded; beyond it the oldest are dropped.
const maxCalls = 100_000

// call is one that a client made, with what a match can ask beyond it.
type call struct {
	faults.Call
	slug string
}

// calls are those that were made; alone they let every field be resolved.
type calls struct {
	on   bool
	mu   sync.Mutex
	seq  int
	list []call
}

// callOf is the field of that index before its end is known.
func callOf(r *cloud.Request, index int) call {
	c := r.Call(index)
	return call{faults.Call{Alias: c.Alias, Field: c.Field, Tenant: c.Tenant, Secret: c.Secret, Key: c.Key}, r.Tenant().Slug}
}

var _ cloud.Middleware = (*calls)(nil)

// Sequential implements [cloud.Middleware].
func (*calls) Sequential() bool { return false }

// Resolve implements [cloud.Middleware].
func (*calls) Resolve(_ context.Context, _ int, resolve func() (any, error)) (any, error) {
	return resolve()
}

// Record implements [cloud.Middleware].
func (c *calls) Record(r *cloud.Request, index int, code string) {
	if !c.on {
		return
	}
	added := callOf(r, index)
	added.Err = code
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	added.Seq = c.seq
	if len(c.list) >= 2*maxCalls {
		c.list = slices.Clone(c.list[maxCalls:])
	}
	c.list = append(c.list, added)
}

// ClearCalls forgets the calls; the next has the number 1.
func (e *Engine) ClearCalls() {
	e.hook.calls.mu.Lock()
	defer e.hook.calls.mu.Unlock()
	e.hook.calls.list, e.hook.calls.seq = nil, 0
}

// Calls returns the recorded calls that match, oldest first: with Nth only the
// nth of them, with Times at most so many. At least the latest 100,000 calls are
// kept; there are none unless the engine records.
func (e *Engine) Calls(m faults.Match) []faults.Call {
	e.hook.calls.mu.Lock()
	defer e.hook.calls.mu.Unlock()
	var out []faults.Call
	for _, c := range e.hook.calls.list {
		if covers(m, c) {
			out = append(out, c.Call)
		}
	}
	if m.Nth > 0 {
		first := min(m.Nth-1, len(out))
		out = out[first:min(m.Nth, len(out))]
	}
	if m.Times > 0 {
		out = out[:min(m.Times, len(out))]
	}
	return out
}

// covers compares everything but Nth and Times.
func covers(m faults.Match, c call) bool {
	return (m.Field == "" || fold(m.Field) == fold(c.Field)) &&
		(m.Secret == "" || m.Secret == c.Secret) &&
		(m.Alias == "" || m.Alias == c.Alias) &&
		(m.Key == "" || m.Key == c.Key) &&
		(m.Tenant == "" || strings.EqualFold(m.Tenant, c.Tenant) || m.Tenant == c.slug)
}
