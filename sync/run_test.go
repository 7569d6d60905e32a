package sync_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// newRun makes a run of one secret for the tenants, which adds its steps to steps.
func newRun(cloud *testkit.Cloud, steps *[]string, tenants ...string) secretsync.Run {
	note := func(step string) error { *steps = append(*steps, step); return nil }
	return secretsync.Run{
		Sources: newSources("A", canary),
		Tenants: tenants, Writer: cloud.AdminClient(), Reader: cloud.RunnerClient(),
		Steps: secretsync.Steps{
			Checked: func() error { return note("checked") },
			Planned: func(out *secretsync.Outcome) error { return note("planned " + tenantsOf(out.Plans())) },
			Applied: func(*secretsync.Outcome) error { return note("applied") },
		},
	}
}

func tenantsOf(plans []*secretsync.Plan) string {
	var names []string
	for _, plan := range plans {
		names = append(names, plan.Tenant)
	}
	return strings.Join(names, " and ")
}

func TestRunSyncsEveryTenant(t *testing.T) {
	cloud := testkit.New(t)
	data, ml := cloud.Tenant("data"), cloud.Tenant("ml")
	var steps []string
	run := newRun(cloud, &steps, "ml", "data", ml.TenantID())
	done, err := run.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"checked", "planned ml and data", "applied"}, steps); diff != "" {
		t.Error(diff)
	}
	for _, tenant := range []*testkit.Cloud{data, ml} {
		tenant.AssertSecrets(t, map[string]any{"A": canary})
	}
	if len(cloud.Names()) != 0 || done.Done() != 2 || len(done.Tenants) != 2 || !done.Plans()[0].Pending() {
		t.Errorf("%q in the key's own tenant; %+v", cloud.Names(), done)
	}
	for _, result := range done.Tenants {
		v := result.Report.Verified
		if result.Err != nil || v.Present != 1 || *v.Values != 1 || !*v.WriterRefused {
			t.Errorf("%s: %v, %+v", result.Name, result.Err, v)
		}
	}
	if done.Requests != 9 { // the tenants; and of each names, a write, names, a value refused
		t.Errorf("%d requests", done.Requests)
	}
}

func TestRunOfAPlanChangesNothing(t *testing.T) {
	cloud := testkit.New(t)
	var steps []string
	done, err := newRun(cloud, &steps).Plan(t.Context())
	if err != nil || done.Plans()[0].Count(secretsync.Create) != 1 || done.Tenants[0].Report != nil || done.Requests != 1 {
		t.Errorf("%v: %+v", err, done)
	}
	if len(cloud.Names()) != 0 || slices.Contains(steps, "applied") {
		t.Errorf("%q after %q", cloud.Names(), steps)
	}
}

// adminOf is a client with an admin key in one tenant, and with another key in others.
type adminOf struct {
	*prefect.Client
	tenantID string
	others   *prefect.Client
}

func (c adminOf) ForTenant(id string) (*prefect.Client, error) {
	if id == c.tenantID {
		return c.Client.ForTenant(id)
	}
	return c.others, nil
}

func TestRunGoesOnWithTheTenantsThatHaveAPlan(t *testing.T) {
	cloud := testkit.New(t)
	data := cloud.Tenant("data")
	var steps []string
	run := newRun(cloud, &steps, "data", cloud.TenantID())
	runner := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "r", Role: prefect.RoleRunner}))
	run.Writer = adminOf{cloud.AdminClient(), data.TenantID(), runner}
	done, err := run.Sync(t.Context())
	if err != nil || done.Tenants[0].Report == nil || done.Tenants[1].Report != nil {
		t.Fatalf("%v: %+v", err, done)
	}
	if !errors.Is(done.Tenants[1].Err, prefect.ErrForbidden) || len(done.Plans()) != 1 {
		t.Errorf("%+v", done.Tenants[1])
	}
	data.AssertSecrets(t, map[string]any{"A": canary})
}

// A run that cannot begin says why, and has written nothing.
func TestRunFails(t *testing.T) {
	stop := errors.New("stop")
	failing := func() error { return stop }
	tests := map[string]struct {
		change func(*testkit.Cloud, *secretsync.Run)
		want   string // in the error
		store  bool   // whose the error is
		steps  []string
	}{
		"no source": {func(_ *testkit.Cloud, r *secretsync.Run) {
			r.Sources = newSources("A", "")
		}, "no secret", false, nil},
		"a nil source": {func(_ *testkit.Cloud, r *secretsync.Run) {
			r.Sources = append(r.Sources, nil)
		}, "a source of the run is nil", false, nil},
		"no writer": {func(_ *testkit.Cloud, r *secretsync.Run) { r.Writer = nil }, "the run has no Writer", false, nil},
		"an unknown format": {func(_ *testkit.Cloud, r *secretsync.Run) {
			r.Rules.Names = map[string]secretsync.NameRule{"B": {From: "A", Format: "yaml"}}
		}, `unknown format "yaml"`, false, nil},
		"checked": {func(_ *testkit.Cloud, r *secretsync.Run) { r.Steps.Checked = failing }, "stop", false, nil},
		"an unknown tenant": {func(_ *testkit.Cloud, r *secretsync.Run) { r.Tenants = []string{"dat"} },
			`no access to tenant "dat": did you mean "data"?`, false, []string{"checked"}},
		"the list of tenants": {func(c *testkit.Cloud, r *secretsync.Run) {
			r.Tenants = []string{"data"}
			c.Inject(faults.Match{Field: "tenant"}, faults.Fault{Code: "FORBIDDEN"})
		}, "FORBIDDEN", true, []string{"checked"}},
		"a store without tenants": {func(_ *testkit.Cloud, r *secretsync.Run) {
			r.Tenants, r.Writer = []string{"data"}, newPlainStore(nil)
		}, "this store has no tenants", false, []string{"checked"}},
		"a reader without tenants": {func(_ *testkit.Cloud, r *secretsync.Run) {
			r.Tenants, r.Reader = []string{"data"}, struct{ secretsync.Reader }{r.Reader}
		}, "this reader has no tenants", false, []string{"checked"}},
		"the only plan": {func(c *testkit.Cloud, _ *secretsync.Run) {
			c.Inject(faults.Match{Field: "secret"}, faults.Fault{Code: "FORBIDDEN"})
		}, "FORBIDDEN", true, []string{"checked"}},
		"what is not owned": {func(c *testkit.Cloud, r *secretsync.Run) {
			c.Set("A", 1)
			r.Overwrite = secretsync.OverwriteOwned
		}, "overwrite is owned", false, []string{"checked"}},
		"planned": {func(_ *testkit.Cloud, r *secretsync.Run) {
			r.Steps.Planned = func(*secretsync.Outcome) error { return stop }
		}, "stop", false, []string{"checked"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Tenant("data")
			var steps []string
			run := newRun(cloud, &steps)
			tt.change(cloud, &run)
			before := len(cloud.Names())
			done, err := run.Sync(t.Context())
			if done != nil || err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, secretsync.ErrStore) != tt.store {
				t.Errorf("%+v, %v", done, err)
			}
			if diff := cmp.Diff(tt.steps, steps); diff != "" || len(cloud.Names()) != before {
				t.Errorf("%q are stored: %s", cloud.Names(), diff)
			}
		})
	}
}

func TestARunThatIsStoppedBeforeItPlans(t *testing.T) {
	cloud := testkit.New(t)
	var steps []string
	run, client, stop := newRun(cloud, &steps), cloud.AdminClient(), make(chan struct{})
	run.Writer, run.Stop = client, stop
	close(stop)
	if done, err := run.Sync(t.Context()); !errors.Is(err, secretsync.ErrInterrupted) || done != nil || client.Requests() != 0 {
		t.Errorf("%+v, %v, %d requests", done, err, client.Requests())
	}
}

// A run that is stopped waits for what is in flight, and verifies it.
func TestARunThatIsStoppedWhileItWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Delay: 10 * time.Second})
		var steps []string
		run, stop := newRun(cloud, &steps), make(chan struct{})
		run.Sources, run.Stop = newNumbered(2000), stop
		time.AfterFunc(5*time.Second, func() { close(stop) })
		done, err := run.Sync(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		report := done.Tenants[0].Report
		v := report.Verified
		if report.Written() != 1600 || v == nil || v.Present != 1600 || !errors.Is(report.Err, secretsync.ErrInterrupted) {
			t.Errorf("%d written, verified %+v: %v", report.Written(), v, report.Err)
		}
	})
}

// A run whose context is cancelled does not even wait for what is in flight.
func TestARunThatIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Delay: 10 * time.Second})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		var steps []string
		began := time.Now()
		done, err := newRun(cloud, &steps).Sync(ctx)
		if err != nil || time.Since(began) != 5*time.Second {
			t.Fatal(err, time.Since(began))
		}
		report := done.Tenants[0].Report
		if report.Undone() != 1 || report.Verified != nil || strings.Contains(report.Err.Error(), "verifying") {
			t.Errorf("%+v", report)
		}
	})
}

// A tenth of a run's time is reserved for verification.
func TestARunReservesTimeToVerify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Delay: time.Minute})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var steps []string
		began := time.Now()
		done, err := newRun(cloud, &steps).Sync(ctx)
		if err != nil || time.Since(began) != 9*time.Second {
			t.Fatal(err, time.Since(began))
		}
		if report := done.Tenants[0].Report; report.Undone() != 1 || report.Verified == nil {
			t.Errorf("%+v", report)
		}
	})
}

func TestARunWithoutSteps(t *testing.T) {
	store := newPlainStore(nil)
	run := secretsync.Run{Sources: newSources("A", "x"), Writer: store}
	done, err := run.Sync(t.Context())
	if err != nil || done.Done() != 1 || store.values["A"] != `"x"` {
		t.Errorf("%v: %+v", err, done)
	}
}
