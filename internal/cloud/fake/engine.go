package fake

import "github.com/prefect-secrets/prefect-secrets/internal/cloud"

// Engine is the secrets API whose calls can be made to fail, and are recorded.
type Engine struct {
	*cloud.API
	hook hook
}

// hook implements [cloud.Hook].
type hook struct {
	rules rules
	calls calls
}

// NewEngine makes an API of the configuration, whose Hook is the engine's. It keeps
// calls for [Engine.Calls] if record is set.
func NewEngine(c cloud.Config, record bool) (*Engine, error) {
	e := &Engine{}
	return e, e.start(c, record)
}

func (e *Engine) start(c cloud.Config, record bool) (err error) {
	e.hook.calls.on = record
	c.Hook = &e.hook
	e.API, err = cloud.New(c)
	return err
}
