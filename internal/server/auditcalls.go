package server

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// maxNames bounds the names on a line about many refused calls. Together they are no
// longer than one name may be.
const maxNames = 5

// event is what a line says about calls. The calls of one request with the same event
// share a line. Refused calls share one whatever their names: nothing was read or
// written under a name.
type event struct {
	key, operation, tenant, tenantID, name, outcome string
}

// eventOf returns a call as the log reports it.
func (s *Server) eventOf(c cloud.Call) event {
	e := event{c.Key, operationOf(c.Field), s.slugs.of(c.Tenant), c.Tenant, truncate(c.Secret), "ok"}
	if c.Err != "" {
		e.outcome = c.Err
	}
	return e
}

func truncate(name string) string { return name[:min(len(name), cloud.MaxName)] }

// refused reports whether certainly nothing was done. A write that failed in the store
// may have been done, and so may what was forwarded to an upstream.
func (e event) refused() bool {
	switch e.operation {
	case cloud.FieldForwarded:
		return false
	case "set_secret", "delete_secret":
		return e.outcome != "ok" && e.outcome != "API_ERROR"
	}
	return e.outcome != "ok"
}

// tally counts calls that no line has been written for yet.
type tally struct {
	event
	count int
	names []string // some of them, if the calls were refused
}

// requestCalls counts the calls of one request by the line that reports them.
type requestCalls struct {
	mu      sync.Mutex
	order   []*tally
	tallies map[event]*tally // those in order; nil while they are few
	first   tally            // the memory of the first, which is the only one in most requests
}

// fewTallies is up to how many tallies are found without a map.
const fewTallies = 8

// add counts a call and reports whether its line is to be written at once: the first
// line of something that was done is. All other lines come before the answer.
func (o *requestCalls) add(e event) (writeNow bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	shared, refused := e, e.refused()
	if refused {
		shared.name = ""
	}
	t := o.find(shared)
	if t == nil {
		t = o.insert(shared)
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

func (o *requestCalls) find(e event) *tally {
	if o.tallies != nil {
		return o.tallies[e]
	}
	for _, t := range o.order {
		if t.event == e {
			return t
		}
	}
	return nil
}

func (o *requestCalls) insert(e event) *tally {
	t := &o.first
	if len(o.order) > 0 {
		t = &tally{}
	}
	t.event = e
	o.order = append(o.order, t)
	if len(o.order) == fewTallies {
		o.tallies = map[event]*tally{}
		for _, t := range o.order {
			o.tallies[t.event] = t
		}
	} else if o.tallies != nil {
		o.tallies[e] = t
	}
	return t
}

func (t *tally) addName(name string) {
	length := len(name)
	for _, other := range t.names {
		length += len(other)
	}
	if name == "" || length > cloud.MaxName || len(t.names) == maxNames || slices.Contains(t.names, name) {
		return
	}
	t.names = append(t.names, name)
}

// take returns the calls that no line has been written for, and forgets them.
func (o *requestCalls) take() (unwritten []tally) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range o.order {
		if t.count > 0 {
			unwritten = append(unwritten, *t)
		}
		t.count, t.names = 0, nil
	}
	return unwritten
}

// onCall counts a call, and writes its line if that cannot wait for [Server.writeLines],
// which writes all others before the answer.
func (s *Server) onCall(ctx context.Context, c cloud.Call) error {
	e := s.eventOf(c)
	s.meter.countCall(e.operation, e.tenant, e.outcome)
	req := requestOf(ctx)
	if !req.calls.add(e) {
		return nil
	}
	return s.config.Audit.write(req.attrs(tally{event: e, count: 1})...)
}

// writeLines writes the lines of a request that are not written yet.
func (s *Server) writeLines(req *request) error {
	for _, t := range req.calls.take() {
		write := s.config.Audit.write
		if t.refused() {
			write = func(attrs ...slog.Attr) error { return s.config.Audit.writeRefusal(t.key, attrs...) }
		}
		if err := write(req.attrs(t)...); err != nil {
			return err
		}
	}
	return nil
}

// attrs returns the members of a line.
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

// onError logs an error of the store, which holds no value. Clients do not get it.
func (s *Server) onError(field string, err error) {
	s.config.Log.Error("the store failed", "operation", operationOf(field), "error", err.Error())
}
