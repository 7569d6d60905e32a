package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// run is a plan for each tenant, and after runSync its outcome.
type run struct {
	conn    *connect.Connection
	stores  []stores // of the tenants, in their order
	tenants []report.Tenant
}

// stores are a tenant's store as the two keys see it; runner is nil where there is
// no key that reads.
type stores struct{ writer, runner *secretsync.Store }

// printer shows each step as it happens.
type printer interface {
	checked(found checked) error
	connected(conn *connect.Connection) error
	planned(plan *secretsync.Plan) error
	onlyPlanned(tenants []report.Tenant, requests int64) error
	progress(done, total int, last bool)
	applied(tenants []report.Tenant, requests int64) error
	// skipped says why nothing was done.
	skipped(message string) error
}

// runPlan reads every input before it asks the store for anything. One tenant
// whose plan fails keeps no other from having one.
func (c *Command) runPlan(ctx context.Context, o syncOptions, out printer) (*run, error) {
	ctx, cancel := context.WithTimeout(ctx, o.connect.Timeout)
	defer cancel()
	input, manifest, err := c.planInput(&o, out)
	if err != nil {
		return nil, err
	}
	conn, reviewed, err := c.connectFor(o, manifest.APIURL)
	if err != nil {
		return nil, err
	}
	input.APIKey, input.OtherKeys, input.KeyFrom = conn.Key, conn.OtherKeys, conn.KeyFrom
	input.URL, input.Apply = conn.URL, o.apply
	if _, err := secretsync.NewPlan(input); err != nil {
		return nil, err
	}
	if err := out.connected(conn); err != nil {
		return nil, err
	}
	r := &run{conn: conn}
	if err := r.open(ctx, wantedTenants(o.connect.Tenants, manifest.Tenants)); err != nil {
		return nil, err
	}
	r.each(func(i int, t *report.Tenant) { r.stores[i].plan(ctx, input, conn.RunnerFrom, t) })
	if len(r.plans()) == 0 {
		return nil, planError(r.tenants[0].Err)
	}
	if err := r.restrict(reviewed); err != nil {
		return nil, err
	}
	for _, plan := range r.plans() {
		if err := out.planned(plan); err != nil {
			return nil, err
		}
	}
	if o.afterPlan != nil {
		if err := o.afterPlan(r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// planInput reads sources, manifest and configs. Nothing is asked of the store.
func (c *Command) planInput(o *syncOptions, out printer) (secretsync.PlanInput, *secretsync.Manifest, error) {
	none := secretsync.PlanInput{}
	sources, err := c.readSources(o.sourceOptions)
	if err != nil {
		return none, nil, err
	}
	manifest, err := o.readManifest(out)
	if err != nil {
		return none, nil, err
	}
	if err := checkConfigs(*o, out); err != nil {
		return none, nil, err
	}
	if err := o.ruleOptions.over(manifest); err != nil {
		return none, nil, err
	}
	input := secretsync.PlanInput{
		Sources: sources, Rules: manifest.Rules, Prune: manifest.Prune, PruneUnowned: o.pruneUnowned,
		Overwrite: manifest.Overwrite, Notes: o.notes, Mask: check.MaskTokens,
	}
	if o.untrusted != "" {
		input.Rules, input.Prune = input.Rules.Optional(), secretsync.Prune{}
		input.First = o.untrusted + ": nothing is deleted, and no plan file is written"
	}
	return input, manifest, nil
}

// connectFor opens the store, of which nothing is asked yet, and reads the plan file
// that the run is to keep to, if there is one.
func (c *Command) connectFor(o syncOptions, manifestURL string) (*connect.Connection, *secretsync.PlanFile, error) {
	reviewed, err := readReviewed(o.reviewed)
	if err != nil {
		return nil, nil, err
	}
	conn, err := c.connect(o.connect, manifestURL)
	if err == nil && reviewed != nil {
		err = reviewed.CheckURL(conn.URL)
	}
	return conn, reviewed, err
}

func wantedTenants(flags, manifest []string) []string {
	if len(flags) > 0 {
		return flags
	}
	return manifest
}

// open finds the tenants and their stores, which share one pace.
func (r *run) open(ctx context.Context, wanted []string) error {
	writer := secretsync.NewStore(r.conn.Client)
	found, err := tenantsOf(ctx, r.conn, writer, wanted)
	if err != nil {
		return err
	}
	var runner *secretsync.Store
	if r.conn.Runner != nil {
		runner = secretsync.NewStore(r.conn.Runner)
	}
	for _, t := range found {
		s := stores{writer: writer, runner: runner}
		if t.id != "" {
			if s.writer, err = writer.ForTenant(t.id); err == nil && runner != nil {
				s.runner, err = runner.ForTenant(t.id)
			}
		}
		if err != nil {
			return err
		}
		r.stores, r.tenants = append(r.stores, s), append(r.tenants, report.Tenant{Name: t.label})
	}
	return nil
}

// each does something for all tenants at once.
func (r *run) each(do func(i int, t *report.Tenant)) {
	var group sync.WaitGroup
	var panicked panics.Catcher
	for i := range r.tenants {
		group.Go(func() {
			defer panicked.Catch()
			do(i, &r.tenants[i])
		})
	}
	group.Wait()
	panicked.Pass()
}

// plan makes a tenant's plan. It asks at the same time whether the runner's key may
// read back what is planned, where that key was given.
func (s stores) plan(ctx context.Context, input secretsync.PlanInput, runnerFrom string, t *report.Tenant) {
	input.Tenant = t.Name
	plan, err := secretsync.NewPlan(input)
	if err != nil {
		t.Err = err
		return
	}
	writes, reads := plan.Writes(), make(chan error, 1)
	go func() {
		if runnerFrom == "" {
			reads <- nil
			return
		}
		reads <- secretsync.CheckReader(ctx, s.runner, writes, runnerFrom)
	}()
	err = plan.Against(ctx, s.writer)
	t.Name = plan.Tenant
	if t.Err = cmp.Or(err, <-reads); t.Err == nil {
		t.Plan = plan
	}
}

// planError is the exit for a run without any plan.
func planError(err error) error {
	if errors.Is(err, secretsync.ErrTooManyDeletes) || errors.Is(err, secretsync.ErrNotOwned) {
		return err
	}
	return exit.Store(err)
}

// plannedError is the exit of a plan that has been shown.
func (r *run) plannedError(detailed bool) error {
	pending := false
	var failed []error
	for _, t := range r.tenants {
		pending = pending || t.Plan != nil && t.Plan.Pending()
		failed = append(failed, t.Err)
	}
	if err := r.joined("no plan for ", failed); err != nil {
		return &exit.Error{Code: exit.Partly, Err: err}
	}
	if detailed && pending {
		return &exit.Error{Code: exit.Pending}
	}
	return nil
}

// joined returns the errors of the tenants as one, equal ones once, or nil.
func (r *run) joined(before string, errs []error) error {
	names := make([]string, len(r.tenants))
	for i, t := range r.tenants {
		names[i] = t.Name
	}
	var joined []error
	for _, f := range report.Failures(names, errs) {
		joined = append(joined, errors.New(before+f.Who+": "+f.Why))
	}
	return errors.Join(joined...)
}

func (r *run) requests() int64 { return r.conn.Client.Requests() }

// verifyReserve is what of a run's time is kept for asking what is there.
func verifyReserve(timeout time.Duration) time.Duration { return min(timeout/10, 15*time.Second) }

// runSync plans, writes and asks what is there. Once it writes, a cancelled ctx
// keeps more from being sent; what is under way is waited for while there is time.
func (c *Command) runSync(ctx context.Context, o syncOptions, out printer) (*run, error) {
	if o.untrusted != "" {
		return nil, checkOnly(o, out)
	}
	began := time.Now()
	o.apply = true
	patient, release := c.patient(ctx)
	defer release()
	r, err := c.runPlan(ctx, o, out)
	if err != nil {
		return nil, err
	}
	whole, cancel := context.WithDeadline(patient, began.Add(o.connect.Timeout))
	defer cancel()
	writing, cancelWriting := context.WithDeadline(whole, began.Add(o.connect.Timeout-verifyReserve(o.connect.Timeout)))
	defer cancelWriting()
	progress := newProgress(r.tenants, out.progress)
	r.each(func(i int, t *report.Tenant) {
		if t.Plan == nil {
			return
		}
		t.Report = secretsync.Apply(writing, r.stores[i].writer, t.Plan, secretsync.ApplyOptions{Progress: progress.of(i), Stop: ctx.Done()})
		if err := r.stores[i].verify(whole, t.Report); err != nil {
			t.Report.Err = errors.Join(t.Report.Err, err)
		}
	})
	progress.finish()
	if err := out.applied(r.tenants, r.requests()); err != nil {
		return r, &exit.Error{Code: exit.Partly, Err: fmt.Errorf("%d secrets were written, and the report was not: %w", r.done(), err)}
	}
	return r, nil
}

// verify asks the store what is there: for the names always, for the values where
// there is a key that may read them.
func (s stores) verify(ctx context.Context, r *secretsync.Report) error {
	if r.Done()+r.Count(secretsync.Unknown) == 0 || hurried(ctx) {
		return nil
	}
	if err := secretsync.VerifyNames(ctx, s.writer, r); err != nil {
		return err
	}
	if s.runner == nil {
		return nil
	}
	if err := secretsync.VerifyValues(ctx, s.runner, r); err != nil {
		return err
	}
	return secretsync.VerifyWriterRefused(ctx, s.writer, r)
}

func (r *run) done() int {
	n := 0
	for _, t := range r.tenants {
		if t.Report != nil {
			n += t.Report.Done()
		}
	}
	return n
}

// resultError is the exit of a sync whose report has been shown.
func (r *run) resultError() error {
	if len(r.tenants) == 1 {
		return resultError(r.tenants[0].Report)
	}
	errs := make([]error, len(r.tenants))
	for i, t := range r.tenants {
		if errs[i] = t.Err; t.Report != nil {
			errs[i] = resultError(t.Report)
		}
	}
	err := r.joined("", errs)
	switch {
	case err == nil:
		return nil
	case slices.Contains(errs, nil) || r.done() > 0:
		return &exit.Error{Code: exit.Partly, Err: err}
	default:
		return &exit.Error{Code: allCode(errs), Err: err}
	}
}

// allCode is the exit where nothing was done for any tenant.
func allCode(failed []error) int {
	code := exit.Refused
	for _, err := range failed {
		if !errors.Is(err, prefect.ErrUnauthenticated) && !errors.Is(err, prefect.ErrForbidden) {
			code = exit.Failed
		}
		if errors.Is(err, secretsync.ErrInterrupted) {
			return exit.Partly
		}
	}
	return code
}

func resultError(r *secretsync.Report) error {
	undone := r.Undone()
	switch {
	case r.Err == nil:
		return nil
	case undone == 0:
		return &exit.Error{Code: exit.Partly, Err: r.Err}
	case errors.Is(r.Err, secretsync.ErrInterrupted):
		return &exit.Error{Code: exit.Partly, Err: fmt.Errorf("interrupted: %d of %d changes were not made", undone, undone+r.Done())}
	case errors.Is(r.Err, errStopped):
		return &exit.Error{Code: exit.Partly, Err: fmt.Errorf("interrupted: %w", partlyError(r))}
	case r.Done() > 0 || r.Count(secretsync.Unknown) > 0:
		return &exit.Error{Code: exit.Partly, Err: partlyError(r)}
	default:
		return &exit.Error{Code: exit.StoreCode(r.Err), Err: fmt.Errorf("no write was acknowledged: %w", r.Err)}
	}
}

func partlyError(r *secretsync.Report) error {
	unknown, all := r.Count(secretsync.Unknown), r.Undone()+r.Done()
	if unknown == 0 {
		return fmt.Errorf("%d of %d changes were not made", r.Undone(), all)
	}
	return fmt.Errorf("of %d changes %d were not made, and of %d nobody knows", all, r.Count(secretsync.Failed), unknown)
}

// readManifest is the manifest that o names or has, for its environment.
func (o *syncOptions) readManifest(out printer) (*secretsync.Manifest, error) {
	if o.manifest != nil {
		return o.manifest, nil
	}
	return readEnvironment(o.manifestFile, o.environment, out.checked)
}

// readEnvironment is the manifest at hand, as it is for one of its environments.
func readEnvironment(path, environment string, show func(checked) error) (*secretsync.Manifest, error) {
	manifest, err := readManifest(path, show)
	if err != nil {
		return nil, err
	}
	return manifest.Environment(environment)
}

// checkConfigs checks the configs before anything is written.
func checkConfigs(o syncOptions, out printer) error {
	threshold, err := check.ParseFailOn(o.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	if len(o.configFiles) == 0 {
		return nil
	}
	fails, err := checkFiles(o.configFiles, check.Options{Version: o.configsFor}, threshold, out.checked)
	if err == nil && fails {
		err = errors.New("the configs have errors; nothing was written")
	}
	return err
}
