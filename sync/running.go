package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/refused"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// running is a Run under way.
type running struct {
	Run
	willApply bool
	out       *Outcome
	stores    []tenantStores // of out's tenants, in their order
}

// tenantStores are a tenant's secrets as the two keys see them; reader is nil if no
// key reads.
type tenantStores struct {
	writer *paced
	reader *pacedReader
}

// multiTenant is a [prefect.Client], or embeds one.
type multiTenant interface {
	ListTenants(context.Context) ([]prefect.Tenant, error)
	ForTenant(id string) (*prefect.Client, error)
}

// open finds the tenants and their stores. Those that one key reaches share one pace.
func (r *running) open(ctx context.Context) error {
	waiting := pace.Once(r.Steps.Waiting)
	writing, reading := &pace.Pacer{Waiting: waiting}, &pace.Pacer{Waiting: waiting}
	writing.Watch(r.Writer)
	tenants, err := r.findTenants(ctx, writing)
	if err != nil {
		return err
	}
	for _, t := range tenants {
		writer, err := r.writerFor(t.ID)
		if err != nil {
			return err
		}
		reader, err := r.readerFor(t.ID)
		if err != nil {
			return err
		}
		s := tenantStores{writer: &paced{writer, writing, r.planning()}}
		if reader != nil {
			s.reader = &pacedReader{reader, reading, r.planning()}
		}
		r.stores, r.out.Tenants = append(r.stores, s), append(r.out.Tenants, TenantResult{Name: t.Name})
	}
	return nil
}

// planning returns the limits of the requests for a plan.
func (r *running) planning() pace.Limits {
	if r.willApply {
		return pace.FirstQuestion
	}
	return pace.Question
}

// writerFor returns the store of a tenant; id is empty for the key's own.
func (r *running) writerFor(id string) (Store, error) {
	if client, ok := r.Writer.(multiTenant); ok && id != "" {
		return client.ForTenant(id)
	}
	return r.Writer, nil
}

// readerFor returns the reader of a tenant, nil if no key reads.
func (r *running) readerFor(id string) (Reader, error) {
	if r.Reader == nil || id == "" {
		return r.Reader, nil
	}
	client, ok := r.Reader.(multiTenant)
	if !ok {
		return nil, fmt.Errorf("this reader has no tenants, but %s is needed", quotedList(r.Tenants))
	}
	return client.ForTenant(id)
}

// findTenants returns the tenants to sync to; a zero one for the key's own.
func (r *running) findTenants(ctx context.Context, pacer *pace.Pacer) ([]tenant.Tenant, error) {
	if len(r.Tenants) == 0 {
		return make([]tenant.Tenant, 1), nil
	}
	client, ok := r.Writer.(multiTenant)
	if !ok {
		return nil, fmt.Errorf("this store has no tenants, but %s is needed", quotedList(r.Tenants))
	}
	return tenant.Find(ctx, r.Tenants, func(ctx context.Context) (all []prefect.Tenant, err error) {
		err = pacer.Do(ctx, r.planning(), func() error {
			all, err = client.ListTenants(ctx)
			return err
		})
		if err != nil {
			return nil, storeError{r.explain(err)}
		}
		return all, nil
	})
}

// each calls visit for all tenants at once.
func (r *running) each(visit func(i int, t *TenantResult)) {
	var group sync.WaitGroup
	var panicked panics.Catcher
	for i := range r.out.Tenants {
		group.Go(func() {
			defer panicked.Catch()
			visit(i, &r.out.Tenants[i])
		})
	}
	group.Wait()
	panicked.Pass()
}

// planInput returns what the plan of a tenant depends on; name is empty for the key's
// own.
func (r *running) planInput(name string) planInput {
	return planInput{Run: r.Run, tenant: name, apply: r.willApply}
}

// planTenant makes a tenant's plan. At the same time it asks whether the reader's key
// may read back what is planned, if it is known where that key was found.
func (r *running) planTenant(ctx context.Context, s tenantStores, t *TenantResult) {
	plan, err := newPlan(r.planInput(t.Name))
	if err != nil {
		t.Err = err
		return
	}
	writes, readable := plan.writes(), make(chan error, 1)
	go func() {
		if s.reader == nil || r.ReaderFrom == "" {
			readable <- nil
			return
		}
		readable <- checkReader(ctx, s.reader, writes, r.ReaderFrom)
	}()
	err = r.explain(plan.compareWith(ctx, s.writer))
	if errors.Is(err, ErrTooManyDeletes) {
		plan.sort()
		t.Refused = plan
	}
	t.Name = plan.Tenant
	if t.Err = cmp.Or(err, <-readable); t.Err == nil {
		t.Plan = plan
	}
}

// explain names the key in an error of the store that does not know it.
func (r *running) explain(err error) error { return refused.Key(err, r.WriterFrom, r.URL) }

// showPlans calls Steps.Planned, if any tenant has a plan. If none has, it returns the
// error of the first.
func (r *running) showPlans() error {
	isRefused := func(t TenantResult) bool { return t.Refused != nil }
	if r.Steps.Refused != nil && slices.ContainsFunc(r.out.Tenants, isRefused) {
		if err := r.Steps.Refused(r.out); err != nil {
			return err
		}
	}
	if len(r.out.Plans()) == 0 {
		return planError(r.out.Tenants[0].Err)
	}
	if r.Steps.Planned == nil {
		return nil
	}
	return r.Steps.Planned(r.out)
}

// planError returns err as one of the store, unless the plan itself is refused.
func planError(err error) error {
	if errors.Is(err, ErrTooManyDeletes) || errors.Is(err, ErrNotOwned) {
		return err
	}
	return storeError{err}
}

// apply writes for each tenant until the context writing ends, and verifies until
// verifying does.
func (r *running) apply(writing, verifying context.Context) {
	progress := newProgress(r.out.Tenants, r.Steps.Progress)
	r.each(func(i int, t *TenantResult) {
		if t.Plan == nil {
			return
		}
		t.Report = apply(writing, r.stores[i].writer, t.Plan, applyOptions{progress: progress.of(i), stop: r.Stop})
		t.Report.Err = r.explain(t.Report.Err)
		if err := r.stores[i].verify(verifying, t.Report); err != nil {
			t.Report.Err = errors.Join(t.Report.Err, err)
		}
	})
}

// verify verifies the names, and the values if a key or the store reads them. A run
// that was cancelled verifies nothing.
func (s tenantStores) verify(ctx context.Context, r *Report) error {
	if r.Done()+r.Count(Unknown) == 0 || errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	if err := verifyNames(ctx, s.writer, r); err != nil {
		return err
	}
	if s.reader == nil {
		return verifyBulk(ctx, s.writer, r)
	}
	if err := verifyValues(ctx, s.reader, r); err != nil {
		return err
	}
	return verifyWriterRefused(ctx, s.writer, r)
}

// countRequests notes how many requests were sent, if the writer counts them.
func (r *running) countRequests() {
	if counter, ok := r.Writer.(interface{ Requests() int64 }); ok {
		r.out.Requests = counter.Requests()
	}
}
