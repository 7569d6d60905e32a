package sync

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/panics"
)

// running is a Run under way.
type running struct {
	*Run
	out    *Outcome
	stores []tenantStores // of out's tenants, in their order
}

// tenantStores are a tenant's store as the two keys see it; reader is nil where there
// is no key that reads.
type tenantStores struct{ writer, reader Store }

// open finds the tenants and their stores. Those that one key reaches share one pace.
func (r *running) open(ctx context.Context) error {
	var writing, reading Pace
	found, err := r.Writer.find(ctx, r.Tenants, &writing.pacer)
	if err != nil {
		return err
	}
	for _, t := range found {
		writer, err := r.Writer.open(t)
		if err != nil {
			return err
		}
		s := tenantStores{writer: writing.Of(writer)}
		if r.Reader.Store != nil {
			reader, err := r.Reader.open(t)
			if err != nil {
				return err
			}
			s.reader = reading.Of(reader)
		}
		r.stores, r.out.Tenants = append(r.stores, s), append(r.out.Tenants, TenantResult{Name: t.Label})
	}
	return nil
}

// each does something for all tenants at once.
func (r *running) each(do func(i int, t *TenantResult)) {
	var group sync.WaitGroup
	var panicked panics.Catcher
	for i := range r.out.Tenants {
		group.Go(func() {
			defer panicked.Catch()
			do(i, &r.out.Tenants[i])
		})
	}
	group.Wait()
	panicked.Pass()
}

// planTenant makes a tenant's plan. It asks at the same time whether the reader's key
// may read back what is planned, where that key was given.
func (r *running) planTenant(ctx context.Context, s tenantStores, t *TenantResult) {
	input := r.Input
	input.Tenant = t.Name
	plan, err := NewPlan(input)
	if err != nil {
		t.Err = err
		return
	}
	writes, reads := plan.Writes(), make(chan error, 1)
	go func() {
		if r.ReaderFrom == "" {
			reads <- nil
			return
		}
		reads <- CheckReader(ctx, s.reader, writes, r.ReaderFrom)
	}()
	err = plan.Against(ctx, s.writer)
	t.Name = plan.Tenant
	if t.Err = cmp.Or(err, <-reads); t.Err == nil {
		t.Plan = plan
	}
}

// planned keeps the plans to what was reviewed, and shows them.
func (r *running) planned() error {
	plans := r.out.Plans()
	if len(plans) == 0 {
		return planError(r.out.Tenants[0].Err)
	}
	if r.Reviewed != nil {
		if err := r.Reviewed.Restrict(plans...); err != nil {
			return err
		}
	}
	if r.Steps.Planned != nil {
		for _, plan := range plans {
			if err := r.Steps.Planned(plan); err != nil {
				return err
			}
		}
	}
	if r.Steps.AllPlanned != nil {
		return r.Steps.AllPlanned(r.out)
	}
	return nil
}

func planError(err error) error {
	if errors.Is(err, ErrTooManyDeletes) || errors.Is(err, ErrNotOwned) {
		return err
	}
	return &StoreError{err}
}

// apply writes for each tenant while writing lasts, and verifies while whole does.
func (r *running) apply(writing, whole context.Context) {
	progress := newProgress(r.out.Tenants, r.Steps.Progress)
	r.each(func(i int, t *TenantResult) {
		if t.Plan == nil {
			return
		}
		t.Report = Apply(writing, r.stores[i].writer, t.Plan, ApplyOptions{Progress: progress.of(i), Stop: r.Stop})
		if err := r.stores[i].verify(whole, t.Report); err != nil {
			t.Report.Err = errors.Join(t.Report.Err, err)
		}
	})
}

// verify asks the store what is there: for the names always, for the values where
// there is a key that may read them. A run that was cancelled asks nothing more.
func (s tenantStores) verify(ctx context.Context, r *Report) error {
	if r.Done()+r.Count(Unknown) == 0 || errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	if err := VerifyNames(ctx, s.writer, r); err != nil {
		return err
	}
	if s.reader == nil {
		return nil
	}
	if err := VerifyValues(ctx, s.reader, r); err != nil {
		return err
	}
	return VerifyWriterRefused(ctx, s.writer, r)
}

// count notes how many requests were sent.
func (r *running) count() {
	if r.Writer.Requests != nil {
		r.out.Requests = r.Writer.Requests()
	}
}
