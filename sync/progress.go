package sync

import "sync"

// progress adds up how far the tenants have come.
type progress struct {
	tell  func(done, total int)
	total int // of all tenants

	mu   sync.Mutex
	done []int // by tenant
}

func newProgress(tenants []TenantResult, tell func(done, total int)) *progress {
	p := &progress{tell: tell, done: make([]int, len(tenants))}
	for _, t := range tenants {
		if t.Plan != nil {
			p.total += t.Plan.changes()
		}
	}
	return p
}

// of hears of one tenant.
func (p *progress) of(tenant int) func(done, total int) {
	if p.tell == nil {
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
		p.tell(sum, p.total)
	}
}
