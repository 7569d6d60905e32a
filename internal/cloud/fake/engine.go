package fake

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Engine is the secrets API, whose calls can be made to fail and are recorded.
type Engine struct {
	*cloud.API
	hook hook
}

// NewEngine returns an API with this configuration and a Hook of its own. It records
// calls for [Engine.Calls] if record is set.
func NewEngine(c cloud.Config, record bool) (*Engine, error) {
	e := &Engine{}
	return e, e.init(c, record)
}

func (e *Engine) init(c cloud.Config, record bool) (err error) {
	e.hook.calls.recording = record
	c.Hook = &e.hook
	e.API, err = cloud.New(c)
	return err
}

// hook is the [cloud.Hook] of an engine.
type hook struct {
	rules rules
	calls calls
}

// Request answers a request, with the faults of the rules that apply to it.
func (h *hook) Request(ctx context.Context, r *cloud.Request) *cloud.Reply {
	ending, byField := h.rules.assign(r)
	switch {
	case ending != nil:
		x := &faultyRequest{calls: &h.calls, outcome: ending.outcome()}
		return x.end(ctx, r, ending)
	case len(byField) > 0:
		return r.Respond(ctx, &faultyRequest{calls: &h.calls, byField: byField})
	}
	return r.Respond(ctx, &h.calls)
}
