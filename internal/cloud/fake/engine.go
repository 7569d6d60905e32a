package fake

import "github.com/prefect-secrets/prefect-secrets/internal/cloud"

// Engine is the secrets API whose calls can be made to fail, and are recorded.
type Engine struct {
	*cloud.API
	rules rules
	calls calls
}

// NewEngine makes an API of the configuration, whose Hook is the engine's. It keeps
// calls for [Engine.Calls] if record is set.
func NewEngine(c cloud.Config, record bool) (*Engine, error) {
	e := &Engine{calls: calls{on: record}}
	c.Hook = e.hook
	var err error
	if e.API, err = cloud.New(c); err != nil {
		return nil, err
	}
	return e, nil
}
