package fake

import (
	"fmt"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// rules are the injected rules, in their order. The lock is never held while a fault
// waits.
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

// Injected describes a rule: how many calls it matched, and how often it applied.
type Injected struct {
	Match faults.Match `json:"match"`
	Fault wireFault    `json:"fault"`
	Seen  int          `json:"seen"`
	Fired int          `json:"fired"`
}

// Inject adds a rule. The first rule that applies to a call wins. The function that it
// returns ends the rule, which [Engine.Faults] still lists. The error says what is
// wrong with the rule, which is then not added.
func (e *Engine) Inject(m faults.Match, f faults.Fault) (remove func(), err error) {
	r := &rule{match: m, fault: fault{f}}
	if err := e.checkRule(r); err != nil {
		return nil, err
	}
	e.hook.rules.mu.Lock()
	defer e.hook.rules.mu.Unlock()
	e.hook.rules.list = append(e.hook.rules.list, r)
	return func() {
		e.hook.rules.mu.Lock()
		defer e.hook.rules.mu.Unlock()
		r.removed = true
	}, nil
}

func (e *Engine) checkRule(r *rule) error {
	if err := e.Check(r.match); err != nil {
		return err
	}
	if r.Sealed && r.match.Field != "" && !e.field(r.match.Field).Store {
		return fmt.Errorf("a fault seals the store for %s, which does not ask it", r.match.Field)
	}
	return r.check()
}

// Faults returns the injected rules, in their order.
func (e *Engine) Faults() []Injected {
	e.hook.rules.mu.Lock()
	defer e.hook.rules.mu.Unlock()
	out := make([]Injected, len(e.hook.rules.list))
	for i, r := range e.hook.rules.list {
		out[i] = Injected{r.match, wireFault{r.Fault}, r.seen, r.fired}
	}
	return out
}

// ClearFaults deletes all rules.
func (e *Engine) ClearFaults() {
	e.hook.rules.mu.Lock()
	defer e.hook.rules.mu.Unlock()
	e.hook.rules.list = nil
}

// assign finds the rule for each field of a request, by its index, before anything is
// executed. If one of them ends the request, it returns that one's fault alone, and the
// others do not apply.
func (rs *rules) assign(r *cloud.Request) (ending *fault, byField map[int]*rule) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if len(rs.list) == 0 {
		return nil, nil
	}
	byField = map[int]*rule{}
	fired := map[*rule]int{}
	var end *rule
	for i := range r.Len() {
		// Also behind a rule that ends the request, rules count the calls that they match.
		found := rs.first(newCall(r, i), fired)
		switch {
		case found == nil || end != nil:
		case found.endsRequest():
			end = found
		default:
			fired[found]++
			byField[i] = found
		}
	}
	if end != nil {
		end.fired++
		f := end.fault
		return &f, nil
	}
	for r, n := range fired {
		r.fired += n
	}
	return nil, byField
}

// first returns the first rule that applies to a call. Every rule that matches the
// call counts it. fired has how often rules applied in this request.
func (rs *rules) first(c call, fired map[*rule]int) *rule {
	var first *rule
	for _, r := range rs.list {
		if r.removed || !r.matches(c) {
			continue
		}
		r.seen++
		isNth := r.match.Nth == 0 || r.seen == r.match.Nth
		isLeft := r.match.Times == 0 || r.fired+fired[r] < r.match.Times
		if first == nil && isNth && isLeft {
			first = r
		}
	}
	return first
}

func (r *rule) matches(c call) bool {
	return matches(r.match, c) && (!r.Sealed || cloud.FieldOf(c.Field).Store)
}
