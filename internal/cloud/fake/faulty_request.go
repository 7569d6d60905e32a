package fake

import (
	"cmp"
	"context"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/pause"
)

// faultyRequest answers a request with faults.
type faultyRequest struct {
	*calls
	// byField has the rules that apply to fields, by index; delayed has those whose
	// delay has passed.
	byField map[int]*rule
	delayed map[*rule]bool
	// outcome is what is recorded of every call, if a fault ends the request.
	outcome string
}

var _ cloud.Around = (*faultyRequest)(nil)

// end answers a request that a fault ends.
func (x *faultyRequest) end(ctx context.Context, r *cloud.Request, f *fault) *cloud.Reply {
	if !f.Applied && wait(ctx, f.Delay) != nil {
		x.recordAll(r)
		return &cloud.Reply{Drop: true}
	}
	reply := &cloud.Reply{}
	if f.isExecuted() {
		reply = r.Respond(ctx, x)
	} else {
		x.recordAll(r)
	}
	if f.Applied && wait(ctx, f.Delay) != nil || f.Drop {
		return &cloud.Reply{Drop: true}
	}
	if f.Status != 0 {
		reply = f.reply()
	}
	f.damage(reply)
	return reply
}

// recordAll records every field of a request that is not executed.
func (x *faultyRequest) recordAll(r *cloud.Request) {
	for i := range r.Len() {
		x.Record(r, i, x.outcome)
	}
}

// Record records the call of a field.
func (x *faultyRequest) Record(r *cloud.Request, index int, code string) {
	x.calls.Record(r, index, cmp.Or(x.outcome, code))
}

// InTurn reports whether a rule applies to a field: then fields run one by one.
func (x *faultyRequest) InTurn() bool { return len(x.byField) > 0 }

// Resolve resolves a field, with the fault of the rule that applies to it.
func (x *faultyRequest) Resolve(ctx context.Context, index int, resolve func() (any, error)) (any, error) {
	r := x.byField[index]
	if r == nil {
		return resolve()
	}
	if r.Applied {
		return x.resolveFirst(ctx, r, resolve)
	}
	if err := x.delay(ctx, r); err != nil {
		return nil, err
	}
	if r.failsField() {
		return nil, r.fieldError()
	}
	return resolve()
}

// resolveFirst resolves a field and then lets the fault happen. An error of the field
// itself wins over the fault's.
func (x *faultyRequest) resolveFirst(ctx context.Context, r *rule, resolve func() (any, error)) (any, error) {
	value, err := resolve()
	if ended := x.delay(ctx, r); ended != nil {
		return nil, ended
	}
	if err == nil && r.failsField() {
		return nil, r.fieldError()
	}
	return value, err
}

// delay waits for a rule's delay, once in a request.
func (x *faultyRequest) delay(ctx context.Context, r *rule) error {
	if r.Delay == 0 || x.delayed[r] {
		return nil
	}
	if x.delayed == nil {
		x.delayed = map[*rule]bool{}
	}
	x.delayed[r] = true
	return wait(ctx, r.Delay)
}

// wait waits for d, or returns the error of the context that ended first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	return pause.For(ctx, d)
}
