package fake

import (
	"fmt"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// rules are those that were injected. The lock is never held while a fault waits.
type rules struct {
	mu   sync.Mutex
	list []*rule
}

type rule struct {
	match faults.Match
	fault
	seen, fired int
	removed     bool
}

// Injected is a rule, and how often it has met a call that it matches, and applied.
type Injected struct {
	Match faults.Match `json:"match"`
	Fault faults.Fault `json:"fault"`
	Seen  int          `json:"seen"`
	Fired int          `json:"fired"`
}

// Inject adds a rule. The first rule that applies to a call wins. What it returns
// takes the rule away again, though not from [API.Faults]. The error says what is
// wrong with the rule, which is not added then.
func (e *Engine) Inject(m faults.Match, f faults.Fault) (remove func(), err error) {
	if err := e.checkRule(m, f); err != nil {
		return nil, err
	}
	r := &rule{match: m, fault: fault{f}}
	e.hook.rules.mu.Lock()
	defer e.hook.rules.mu.Unlock()
	e.hook.rules.list = append(e.hook.rules.list, r)
	return func() {
		e.hook.rules.mu.Lock()
		defer e.hook.rules.mu.Unlock()
		r.removed = true
	}, nil
}

func (e *Engine) checkRule(m faults.Match, f faults.Fault) error {
	if err := e.Check(m); err != nil {
		return err
	}
	if f.Sealed && m.Field != "" && !e.about(m.Field).Store {
		return fmt.Errorf("a fault seals the store for %s, which does not ask it", m.Field)
	}
	return fault{f}.validate()
}

// Faults are the rules that were injected, in their order.
func (e *Engine) Faults() []Injected {
	e.hook.rules.mu.Lock()
	defer e.hook.rules.mu.Unlock()
	out := make([]Injected, len(e.hook.rules.list))
	for i, r := range e.hook.rules.list {
		out[i] = Injected{r.match, r.fault.Fault, r.seen, r.fired}
	}
	return out
}

// ClearFaults takes all rules away.
func (e *Engine) ClearFaults() {
	e.hook.rules.mu.Lock()
	defer e.hook.rules.mu.Unlock()
	e.hook.rules.list = nil
}

// assign finds, before anything is carried out, the rule for each field of a
// request by its index, and the one that ends the request, if there is one; then the
// others do not apply.
func (rs *rules) assign(r *cloud.Request) (whole *fault, byField map[int]*rule) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if len(rs.list) == 0 {
		return nil, nil
	}
	byField = map[int]*rule{}
	fired := map[*rule]int{}
	var ends *rule
	for i := range r.NumFields() {
		found := rs.first(callOf(r, i), fired)
		switch {
		case found == nil || ends != nil:
		case found.wholeRequest():
			ends = found
		default:
			fired[found]++
			byField[i] = found
		}
	}
	if ends != nil {
		ends.fired++
		whole := ends.fault
		return &whole, nil
	}
	for r, n := range fired {
		r.fired += n
	}
	return nil, byField
}

// first is the first rule that applies to a call; every rule that matches counts
// it.
func (rs *rules) first(c call, fired map[*rule]int) *rule {
	var first *rule
	for _, r := range rs.list {
		if r.removed || !r.concerns(c) {
			continue
		}
		r.seen++
		if first == nil && (r.match.Nth == 0 || r.seen == r.match.Nth) && (r.match.Times == 0 || r.fired+fired[r] < r.match.Times) {
			first = r
		}
	}
	return first
}

func (r *rule) concerns(c call) bool {
	return covers(r.match, c) && (!r.Sealed || cloud.FieldOf(c.Field).Store)
}
