package fake

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/pause"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// proxyPage is what stands between a client and an API answers in its place.
const proxyPage = "<html>\r\n<head><title>Bad Gateway</title></head>\r\n<body><h1>Bad Gateway</h1></body>\r\n</html>\r\n"

// exchange is a request that faults happen to.
type exchange struct {
	*calls
	// faults are the rules that apply to fields, by index; delayed are those whose
	// delay has passed.
	faults  map[int]*rule
	delayed map[*rule]bool
	// outcome, where a fault of the whole request has set it, is what is recorded of
	// every call.
	outcome string
}

var _ cloud.Middleware = (*exchange)(nil)

// Handle implements [cloud.Hook].
func (h *hook) Handle(ctx context.Context, r *cloud.Request) *cloud.Reply {
	whole, byField := h.rules.assign(r)
	switch {
	case whole != nil:
		x := &exchange{calls: &h.calls, outcome: whole.outcome()}
		return x.faulty(ctx, r, whole)
	case len(byField) > 0:
		return r.Respond(ctx, &exchange{calls: &h.calls, faults: byField})
	}
	return r.Respond(ctx, &h.calls)
}

// faulty replies to a request that a fault is about as a whole.
func (x *exchange) faulty(ctx context.Context, r *cloud.Request, f *fault) *cloud.Reply {
	if !f.Applied && wait(ctx, f.Delay) != nil {
		x.recordAll(r)
		return &cloud.Reply{Drop: true}
	}
	reply := &cloud.Reply{}
	if f.carriedOut() {
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
	return f.spoilt(reply)
}

// recordAll records a request of which nothing is carried out, field by field.
func (x *exchange) recordAll(r *cloud.Request) {
	for i := range r.Len() {
		x.Record(r, i, x.outcome)
	}
}

// Record implements [cloud.Middleware].
func (x *exchange) Record(r *cloud.Request, index int, code string) {
	x.calls.Record(r, index, cmp.Or(x.outcome, code))
}

// Sequential implements [cloud.Middleware]: where a field fails or waits, all is done in
// its turn.
func (x *exchange) Sequential() bool { return len(x.faults) > 0 }

// Resolve implements [cloud.Middleware]: it resolves a field, or lets the fault happen
// that there is for it.
func (x *exchange) Resolve(ctx context.Context, index int, resolve func() (any, error)) (any, error) {
	r := x.faults[index]
	if r == nil {
		return resolve()
	}
	if r.Applied {
		return x.late(ctx, r, resolve)
	}
	if err := x.delay(ctx, r); err != nil {
		return nil, err
	}
	if r.failsField() {
		return nil, r.fieldError()
	}
	return resolve()
}

// late resolves a field and lets the fault happen afterwards. An error of the
// field's own stands.
func (x *exchange) late(ctx context.Context, r *rule, resolve func() (any, error)) (any, error) {
	value, err := resolve()
	if ended := x.delay(ctx, r); ended != nil {
		return nil, ended
	}
	if err == nil && r.failsField() {
		return nil, r.fieldError()
	}
	return value, err
}

// delay lets a rule's time pass, once in a request.
func (x *exchange) delay(ctx context.Context, r *rule) error {
	if r.Delay == 0 || x.delayed[r] {
		return nil
	}
	if x.delayed == nil {
		x.delayed = map[*rule]bool{}
	}
	x.delayed[r] = true
	return wait(ctx, r.Delay)
}

func (f *fault) failsField() bool { return f.Sealed || f.Code != "" || f.Message != "" }

func (f *fault) fieldError() error {
	switch {
	case f.Sealed:
		failure := faults.PartialFailure()
		return cloud.FieldError(failure.Message, failure.Code)
	case f.Message == "":
		return cloud.FieldError(f.Code+" (injected)", f.Code)
	}
	return cloud.FieldError(f.Message, f.Code)
}

func (f *fault) reply() *cloud.Reply {
	message := cmp.Or(f.Message, fmt.Sprintf("%d %s (injected)", f.Status, http.StatusText(f.Status)))
	out := cloud.ErrorReply(f.Status, message, f.Code)
	if f.RetryAfter > 0 {
		out.RetryAfter = fmt.Sprint(int64((f.RetryAfter + time.Second - 1) / time.Second))
	}
	return out
}

func (f *fault) spoilt(reply *cloud.Reply) *cloud.Reply {
	reply.Cut = f.Truncate
	if f.Malformed {
		reply.SetText(proxyPage)
	}
	return reply
}

// wait passes time, or returns the error of the context that ended first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	return pause.For(ctx, d)
}
