package sync

import "sync"

// progress adds up how far the tenants have come.
type progress struct {
	report func(done, total int)
	total  int // of all tenants

	mu   sync.Mutex
	done []int // by tenant
}

func newProgress(tenants []TenantResult, report func(done, total int)) *progress {
	p := &progress{report: report, done: make([]int, len(tenants))}
	for _, t := range tenants {
		if t.Plan != nil {
			p.total += t.Plan.changes()
		}
	}
	return p
}

// of returns the function to call with one tenant's progress; nil if nobody wants it.
func (p *progress) of(tenant int) func(done, total int) {
	if p.report == nil {
		return nil
	}
	return func(done, _ int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.done[tenant] = done
		sum := 0
		for _, n := range p.done {
			sum += n
		}
		p.report(sum, p.total)
	}
}
