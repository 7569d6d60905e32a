package cloud

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
	"github.com/prefect-secrets/prefect-secrets/internal/pause"
)

// Fault is what happens to a call that matches. A fault of the whole request
// (Status, Drop, Truncate, Malformed) is one for every field of it.
type Fault struct {
	// Status answers the request with this HTTP status, and Code and Message in an
	// errors body. Under 200 there is data: null beside them, which is how an API
	// refuses a key.
	Status int
	// Code and Message, without Status, fail the one field.
	Code, Message string
	// Sealed fails the one field as a store does that does not answer. It applies
	// to fields that ask the store.
	Sealed bool
	// Drop ends the connection without an answer.
	Drop bool
	// Truncate ends the connection in the middle of the answer, Malformed puts a
	// proxy's page in its place. What is asked for is carried out, unless Status
	// is set.
	Truncate, Malformed bool
	// Applied carries out what is asked for, and only then lets the fault happen.
	Applied bool
	// Delay passes before the fault, and with Applied after what is asked for is
	// done; once in a request, however many of its fields the rule applies to. The
	// request's context ends it.
	Delay time.Duration
	// RetryAfter goes out with Status, rounded up to seconds, if not 0.
	RetryAfter time.Duration
}

// Validate says why a fault cannot happen as it is described.
func (f Fault) Validate() error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599 || f.Status == http.StatusNoContent || f.Status == http.StatusNotModified):
		return fmt.Errorf("a fault has the status %d: use one from 200 to 599 that has a body", f.Status)
	case f.Delay < 0 || f.RetryAfter < 0:
		return fmt.Errorf("a fault has a negative time")
	case f.RetryAfter > 0 && f.Status == 0:
		return fmt.Errorf("a fault has RetryAfter, which goes out with Status, and no Status")
	case f.Drop && (f.Status != 0 || f.Truncate || f.Malformed):
		return fmt.Errorf("a fault drops the connection and answers as well: Drop stands without Status, Truncate and Malformed")
	case f.Truncate && f.Malformed:
		return fmt.Errorf("a fault both truncates the answer and replaces it")
	case f.Sealed && (f.wholeRequest() || f.Code != "" || f.Message != "" || f.Applied):
		return fmt.Errorf("a fault seals the store and does more: only Delay stands beside Sealed")
	case f.wholeRequest() && f.Status == 0 && (f.Code != "" || f.Message != ""):
		return fmt.Errorf("a fault has Code or Message beside Drop, Truncate or Malformed: they need Status")
	}
	return nil
}

// wholeRequest tells faults of the HTTP request from those of one field.
func (f *Fault) wholeRequest() bool { return f.Status != 0 || f.Drop || f.Truncate || f.Malformed }

// carriedOut reports whether the request does what it asks for nevertheless.
func (f *Fault) carriedOut() bool { return f.Applied || f.Status == 0 && !f.Drop }

// outcome is what is recorded of the calls of a request that ends so.
func (f *Fault) outcome() string {
	switch {
	case f.Drop:
		return "DROPPED"
	case f.Truncate:
		return "TRUNCATED"
	case f.Malformed:
		return "MALFORMED"
	case f.Status == http.StatusOK && f.Code != "":
		return f.Code
	}
	return fmt.Sprintf("HTTP_%d", f.Status)
}

// faults holds the rules. Its lock is never held while a fault waits.
type faults struct {
	mu    sync.Mutex
	rules []*rule
}

type rule struct {
	Match
	Fault
	seen, fired int
	removed     bool
}

// Injected is a rule, and how often it has met a call that it matches, and applied.
type Injected struct {
	Match Match `json:"match"`
	Fault Fault `json:"fault"`
	Seen  int   `json:"seen"`
	Fired int   `json:"fired"`
}

// Inject adds a rule. The first rule that applies to a call wins. What it returns
// takes the rule away again, though not from [API.Faults]. The error says what is
// wrong with the rule, which is not added then.
func (a *API) Inject(m Match, f Fault) (remove func(), err error) {
	if err := a.checkRule(m, f); err != nil {
		return nil, err
	}
	r := &rule{Match: m, Fault: f}
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.rules = append(a.faults.rules, r)
	return func() {
		a.faults.mu.Lock()
		defer a.faults.mu.Unlock()
		r.removed = true
	}, nil
}

func (a *API) checkRule(m Match, f Fault) error {
	if err := a.Check(m); err != nil {
		return err
	}
	if f.Sealed && m.Field != "" && !asksStore(m.Field) {
		return fmt.Errorf("a fault seals the store for %s, which does not ask it", m.Field)
	}
	return f.Validate()
}

// Faults are the rules that were injected, in their order.
func (a *API) Faults() []Injected {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	out := make([]Injected, len(a.faults.rules))
	for i, r := range a.faults.rules {
		out[i] = Injected{r.Match, r.Fault, r.seen, r.fired}
	}
	return out
}

// ClearFaults takes all rules away.
func (a *API) ClearFaults() {
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.rules = nil
}

// assign finds, before anything is carried out, the rule for each field of a
// request, and the one that ends the request, if there is one; then the others do
// not apply.
func (fs *faults) assign(s *session, documents []prepared) (whole *Fault, byField map[*graphql.Field]*rule) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if len(fs.rules) == 0 {
		return nil, nil
	}
	byField = map[*graphql.Field]*rule{}
	fired := map[*rule]int{}
	var ends *rule
	for i := range documents {
		for _, f := range documents[i].fields() {
			r := fs.first(s.call(f), fired)
			switch {
			case r == nil || ends != nil:
			case r.wholeRequest():
				ends = r
			default:
				fired[r]++
				byField[f] = r
			}
		}
	}
	if ends != nil {
		ends.fired++
		fault := ends.Fault
		return &fault, nil
	}
	for r, n := range fired {
		r.fired += n
	}
	return nil, byField
}

// first is the first rule that applies to a call; every rule that matches counts
// it.
func (fs *faults) first(c seenCall, fired map[*rule]int) *rule {
	var first *rule
	for _, r := range fs.rules {
		if r.removed || !r.concerns(c) {
			continue
		}
		r.seen++
		if first == nil && (r.Nth == 0 || r.seen == r.Nth) && (r.Times == 0 || r.fired+fired[r] < r.Times) {
			first = r
		}
	}
	return first
}

func (r *rule) concerns(c seenCall) bool {
	return r.Match.covers(c) && (!r.Sealed || asksStore(c.Field))
}

// wait passes time, or returns the error of the context that ended first.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	return pause.For(ctx, d)
}
