package sync

import "slices"

// Report is what a sync did to one tenant's store.
type Report struct {
	Actions []Action // those of the plan, each with its result
	// Verified is what the store had afterwards; nil if it was not asked.
	Verified *Verified
	// Err is the first reason why an action failed or its result is unknown, and why
	// the verification failed; nil if neither happened.
	Err error
}

// Count returns the number of actions with one of the results.
func (r *Report) Count(results ...Result) int {
	n := 0
	for i := range r.Actions {
		if slices.Contains(results, r.Actions[i].Result) {
			n++
		}
	}
	return n
}

// Names returns the names whose actions have one of the results, sorted.
func (r *Report) Names(results ...Result) []string {
	names := []string{}
	for i := range r.Actions {
		if slices.Contains(results, r.Actions[i].Result) {
			names = append(names, r.Actions[i].Name)
		}
	}
	return names
}

// Done returns how many changes the store acknowledged, deletions included.
func (r *Report) Done() int { return r.written() + r.Count(Deleted) }

// written returns how many writes the store acknowledged.
func (r *Report) written() int {
	n := 0
	for i := range r.Actions {
		if r.Actions[i].written() {
			n++
		}
	}
	return n
}

// undone returns how many actions failed or have an unknown result.
func (r *Report) undone() int { return r.Count(Failed, Unknown) }
