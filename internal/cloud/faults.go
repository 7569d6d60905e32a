package cloud

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Match selects calls. Its zero value selects every call.
type Match struct {
	// Field is a field of Query or Mutation; either spelling matches the other.
	Field string
	// Secret is the name that the call is about.
	Secret string
	// Alias is the result key; a field without an alias has its own name.
	Alias string
	// Tenant is an id or a slug.
	Tenant string
	// Nth selects only the nth of the matching calls, counted from 1; 0 means any.
	Nth int
	// Times bounds how often the rule applies; 0 means every time.
	Times int
}

// Fault is what happens to a call that matches.
type Fault struct {
	// Status, if not 0, answers the whole HTTP request before anything of it is
	// applied, with Code and Message in an errors body.
	Status int
	// Code and Message, without Status, fail the one field, before it is applied.
	Code, Message string
	// Delay passes before anything else; the request's context ends it.
	Delay time.Duration
	// RetryAfter goes out with Status, rounded up to seconds, if not 0.
	RetryAfter time.Duration
	// Drop ends the connection before anything of the request is applied.
	Drop bool
}

// wholeRequest tells faults of the HTTP request from those of one field.
func (f *Fault) wholeRequest() bool { return f.Status != 0 || f.Drop }

// faults holds the rules. Its lock is never held while a fault waits.
type faults struct {
	mu    sync.Mutex
	rules []*rule
}

type rule struct {
	Match
	Fault
	seen, fired int
}

// Inject adds a rule. The first rule that applies to a call wins; rules about
// the whole request come before those about one field.
func (a *API) Inject(m Match, f Fault) {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.rules = append(a.faults.rules, &rule{Match: m, Fault: f})
}

// UnusedFaults returns the rules that never applied.
func (a *API) UnusedFaults() []Match {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	var out []Match
	for _, r := range a.faults.rules {
		if r.fired == 0 {
			out = append(out, r.Match)
		}
	}
	return out
}

// ofRequest finds the first fault that ends the request.
func (fs *faults) ofRequest(s *session, documents []prepared) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if len(fs.rules) == 0 {
		return nil
	}
	for i := range documents {
		for _, f := range documents[i].fields() {
			if fault := fs.next(s, f, true); fault != nil {
				return fault
			}
		}
	}
	return nil
}

func (fs *faults) ofField(s *session, f *graphql.Field) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.next(s, f, false)
}

func (fs *faults) next(s *session, f *graphql.Field, wholeRequest bool) *Fault {
	for _, r := range fs.rules {
		if r.wholeRequest() == wholeRequest && r.Match.covers(s.call(f)) && r.apply() {
			fault := r.Fault
			return &fault
		}
	}
	return nil
}

// apply counts a matching call and reports whether the rule applies to it.
func (r *rule) apply() bool {
	r.seen++
	if r.Nth != 0 && r.seen != r.Nth || r.Times != 0 && r.fired >= r.Times {
		return false
	}
	r.fired++
	return true
}

// covers compares everything but Nth and Times.
func (m *Match) covers(c seenCall) bool {
	return (m.Field == "" || spelling(m.Field) == spelling(c.Field)) &&
		(m.Secret == "" || m.Secret == c.Secret) &&
		(m.Alias == "" || m.Alias == c.Alias) &&
		(m.Tenant == "" || strings.EqualFold(m.Tenant, c.Tenant) || m.Tenant == c.slug)
}

// spelling folds set_secret and setSecret into one.
func spelling(field string) string {
	return strings.ToLower(strings.ReplaceAll(field, "_", ""))
}

// answerFault ends a request, which is recorded field by field as failed.
func (s *session) answerFault(ctx context.Context, fault *Fault, documents []prepared) *reply {
	code := fmt.Sprintf("HTTP_%d", fault.Status)
	if fault.Drop {
		code = "DROPPED"
	}
	for i := range documents {
		for _, f := range documents[i].fields() {
			s.api.calls.add(s, f, code)
		}
	}
	if wait(ctx, fault.Delay) != nil || fault.Drop {
		panic(http.ErrAbortHandler)
	}
	return fault.answer()
}

func (f *Fault) answer() *reply {
	message := f.Message
	if message == "" {
		message = fmt.Sprintf("%d %s (injected)", f.Status, http.StatusText(f.Status))
	}
	out := errorReply(f.Status, &graphql.Error{Message: message, Code: f.Code}, nil)
	if f.RetryAfter > 0 {
		out.retryAfter = fmt.Sprint(int64((f.RetryAfter + time.Second - 1) / time.Second))
	}
	return out
}

// wait passes time, or returns the error of the context that ended first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
