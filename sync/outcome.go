package sync

// Outcome is a plan for each tenant and, after a sync, what became of it.
type Outcome struct {
	Tenants []TenantResult
	// Requests is how many requests Writer has sent, to all tenants, if it counts them
	// in a method Requests, as a prefect.Client does.
	Requests int64
}

// TenantResult is what a run did for one tenant, up to where it ended.
type TenantResult struct {
	Name   string  // slug or id; empty if the store does not say which the key's own is
	Plan   *Plan   // nil if it failed
	Report *Report // nil before a sync
	Err    error   // why this tenant's run ended before its report
	// Refused is the plan that is not carried out because it would delete too many names,
	// nil if there is no such plan.
	Refused *Plan
}

// Plans returns the plans of the tenants that have one.
func (o *Outcome) Plans() []*Plan {
	var plans []*Plan
	for _, t := range o.Tenants {
		if t.Plan != nil {
			plans = append(plans, t.Plan)
		}
	}
	return plans
}

// Done returns how many changes the stores acknowledged in total.
func (o *Outcome) Done() int {
	n := 0
	for _, t := range o.Tenants {
		if t.Report != nil {
			n += t.Report.Done()
		}
	}
	return n
}
