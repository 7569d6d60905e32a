package sync

// Report is what a sync did.
type Report struct {
	Tenant  string
	Actions []Action // those of the plan, each with its result
	// Verified is what the store answered afterwards; nil before [VerifyNames].
	Verified *Verified
	// Err is the first reason for which an action failed or its outcome is unknown;
	// nil if there is no such action.
	Err error
}

// Count is how many actions ended so.
func (r *Report) Count(result Result) int { return len(r.Names(result)) }

// Names are the names whose actions ended so, sorted.
func (r *Report) Names(result Result) []string {
	names := []string{}
	for _, action := range r.Actions {
		if action.Result == result {
			names = append(names, action.Name)
		}
	}
	return names
}

// Written is how many names the store accepted. Those that the plan has kept were not
// sent.
func (r *Report) Written() int {
	n := 0
	for i := range r.Actions {
		if r.Actions[i].written() {
			n++
		}
	}
	return n
}

// Done is how many actions the store acknowledged, deletions included.
func (r *Report) Done() int { return r.Written() + r.Count(Deleted) }

// Undone is how many actions failed, or have an outcome that is not known.
func (r *Report) Undone() int { return r.Count(Failed) + r.Count(Unknown) }
