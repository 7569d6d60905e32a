package sync

// Outcome is a plan for each tenant and, after a sync, what became of it.
type Outcome struct {
	URL      string // of the store
	Tenants  []TenantResult
	Requests int64 // how many Writer has sent, to all tenants
}

// TenantResult is what a run did for one tenant, as far as it came.
type TenantResult struct {
	Name   string  // slug or id; empty where the store does not say which the key's own is
	Plan   *Plan   // nil if it failed
	Report *Report // nil before a sync
	Err    error   // why this tenant's run ended before its report
}

// Plans are those that were made.
func (o *Outcome) Plans() []*Plan {
	var plans []*Plan
	for _, t := range o.Tenants {
		if t.Plan != nil {
			plans = append(plans, t.Plan)
		}
	}
	return plans
}

// Pending reports whether applying the plans would change anything.
func (o *Outcome) Pending() bool {
	for _, plan := range o.Plans() {
		if plan.Pending() {
			return true
		}
	}
	return false
}

// Done is how many actions the stores acknowledged.
func (o *Outcome) Done() int {
	n := 0
	for _, t := range o.Tenants {
		if t.Report != nil {
			n += t.Report.Done()
		}
	}
	return n
}
