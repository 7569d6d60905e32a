package fake

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// maxCalls bounds how many calls are recorded; the oldest are dropped beyond it.
const maxCalls = 100_000

// codeForbidden is the code of a call that the key may not make.
const codeForbidden = "FORBIDDEN"

// call is a recorded call, with the slug of its tenant, which a match may name.
type call struct {
	faults.Call
	slug string
}

// calls records the calls of clients. As a [cloud.Middleware] it resolves every field
// without a fault.
type calls struct {
	recording bool
	forbidden atomic.Int64

	mu   sync.Mutex
	seq  int
	list []call
}

// newCall returns the call for the field with this index, before its outcome.
func newCall(r *cloud.Request, index int) call {
	c := r.Call(index)
	return call{
		faults.Call{Alias: c.Alias, Field: c.Field, Tenant: c.Tenant, Secret: c.Secret, Key: c.Key},
		r.Tenant().Slug,
	}
}

var _ cloud.Middleware = (*calls)(nil)

// Sequential lets writes of different secrets run at once.
func (*calls) Sequential() bool { return false }

// Resolve resolves the field.
func (*calls) Resolve(_ context.Context, _ int, resolve func() (any, error)) (any, error) {
	return resolve()
}

// Record records the call of a field with the code that the field ended with.
func (c *calls) Record(r *cloud.Request, index int, code string) {
	if !c.recording {
		return
	}
	if code == codeForbidden {
		c.forbidden.Add(1)
	}
	added := newCall(r, index)
	added.Err = code
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	added.Seq = c.seq
	if c.list == nil {
		c.list = make([]call, 0, 2) // most tests make few
	}
	if len(c.list) >= 2*maxCalls {
		c.list = slices.Clone(c.list[maxCalls:])
	}
	c.list = append(c.list, added)
}

// ClearCalls deletes the recorded calls; the next one has the number 1.
func (e *Engine) ClearCalls() {
	e.hook.calls.mu.Lock()
	defer e.hook.calls.mu.Unlock()
	e.hook.calls.list, e.hook.calls.seq = nil, 0
}

// Forbidden returns how many calls were answered with FORBIDDEN so far, if the engine
// records calls.
func (e *Engine) Forbidden() int64 { return e.hook.calls.forbidden.Load() }

// Calls returns the recorded calls that match, oldest first: with Nth only the
// nth of them, with Times at most so many. At least the latest 100,000 calls are
// recorded; none are unless the engine records.
func (e *Engine) Calls(m faults.Match) []faults.Call {
	e.hook.calls.mu.Lock()
	defer e.hook.calls.mu.Unlock()
	var out []faults.Call
	for _, c := range e.hook.calls.list {
		if matches(m, c) {
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
