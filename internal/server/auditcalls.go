package server

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// maxShown bounds the names that a line about many refusals has. Together they are
// no longer than one may be.
const maxNames = 5

// event is what calls of one request have in common that one line stands for. Of
// refused calls that is not the name: nothing was read or written under it.
type event struct {
	key, operation, tenant, tenantID, name, outcome string
}

// eventOf is what a call was, in the log's words.
func (s *Server) eventOf(c cloud.Call) event {
	e := event{c.Key, operationOf(c.Field), s.slugs.of(c.Tenant), c.Tenant, truncate(c.Secret), "ok"}
	if c.Err != "" {
		e.outcome = c.Err
	}
	return e
}

func truncate(name string) string { return name[:min(len(name), cloud.MaxName)] }

// refused reports whether certainly nothing was done. A write that the store failed
// may have been, and so may what an upstream was asked for.
func (e event) refused() bool {
	switch e.operation {
	case cloud.FieldForwarded:
		return false
	case "set_secret", "delete_secret":
		return e.outcome != "ok" && e.outcome != "API_ERROR"
	}
	return e.outcome != "ok"
}

// tally are calls that no line has been written for yet.
type tally struct {
	event
	count int
	names []string // some of them, where the calls were refused
}

// outcomes are the calls of one request.
type outcomes struct {
	mu    sync.Mutex
	kinds map[event]*tally
	order []*tally
}

// add counts a call and reports whether its line is to be written at once, which is
// so for the first of what was done. Lines for all others come before the answer.
func (o *outcomes) add(e event) (now bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	kind, refused := e, e.refused()
	if refused {
		kind.name = ""
	}
	t := o.kinds[kind]
	if t == nil {
		t = &tally{event: kind}
		if o.kinds == nil {
			o.kinds = map[event]*tally{}
		}
		o.kinds[kind] = t
		o.order = append(o.order, t)
		if !refused {
			return true
		}
	}
	t.count++
	if refused {
		t.addName(e.name)
	}
	return false
}

func (t *tally) addName(name string) {
	length := len(name)
	for _, shown := range t.names {
		length += len(shown)
	}
	if name == "" || length > cloud.MaxName || len(t.names) == maxNames || slices.Contains(t.names, name) {
		return
	}
	t.names = append(t.names, name)
}

// take gives the calls that no line has been written for, and forgets them.
func (o *outcomes) take() (out []tally) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range o.order {
		if t.count > 0 {
			out = append(out, *t)
		}
		t.count, t.names = 0, nil
	}
	return out
}

// onCall counts a call, and writes its line unless one before the answer will do.
func (s *Server) onCall(ctx context.Context, c cloud.Call) error {
	e := s.eventOf(c)
	s.meter.countCall(e.operation, e.tenant, e.outcome)
	about := requestOf(ctx)
	if !about.outcomes.add(e) {
		return nil
	}
	return s.config.Audit.write(about.attrs(tally{event: e, count: 1})...)
}

// settle writes the lines of a request that are still to be written.
func (s *Server) writeLines(about *request) error {
	for _, t := range about.outcomes.take() {
		write := s.config.Audit.write
		if t.refused() {
			write = func(attrs ...slog.Attr) error { return s.config.Audit.refuse(t.key, attrs...) }
		}
		if err := write(about.attrs(t)...); err != nil {
			return err
		}
	}
	return nil
}

// attrs are a line's members.
func (r *request) attrs(t tally) []slog.Attr {
	name := t.name
	if len(t.names) > 0 {
		name = t.names[0]
	}
	attrs := []slog.Attr{
		slog.String("request", r.id), slog.String("remote", r.remote), slog.String("key", t.key),
		slog.String("operation", t.operation), slog.String("tenant", t.tenant), slog.String("tenant_id", t.tenantID),
		slog.String("name", name), slog.String("outcome", t.outcome),
	}
	if t.count > 1 {
		attrs = append(attrs, slog.Int("count", t.count))
	}
	if len(t.names) > 1 {
		attrs = append(attrs, slog.Any("names", t.names))
	}
	if r.workflow != nil {
		attrs = append(attrs, r.workflow.attr())
	}
	return attrs
}

// onError logs what a store says, which holds no value; clients do not get it.
func (s *Server) onError(field string, err error) {
	s.config.Log.Error("the store failed", "operation", operationOf(field), "error", err.Error())
}
