package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// countSends returns how many requests set or deleted a secret.
func countSends(cloud *testkit.Cloud, field, name string) int {
	return len(cloud.Calls(faults.Match{Field: field, Secret: name}))
}

func TestTemporaryFailuresAreRetried(t *testing.T) {
	kinds := map[string]faults.Fault{
		"503": faults.Unavailable(), "429": faults.RateLimited(0), "dropped": {Drop: true}, "truncated": {Truncate: true},
		"a proxy's page": {Malformed: true}, "reply lost": faults.ReplyLost(), "too slow": {Delay: time.Minute, Applied: true},
		"one alias": faults.PartialFailure(), "sealed": faults.StoreSealed(),
	}
	for name, fault := range kinds {
		synctest.Test(t, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Set("S001", "old")
			cloud.Inject(faults.Match{Field: "setSecret", Secret: "S001", Times: 3}, fault)
			report, _ := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(3)})
			if report.Err != nil || report.Count(secretsync.Created) != 2 || report.Count(secretsync.Overwritten) != 1 {
				t.Errorf("%s: %v: %+v", name, report.Err, report.Actions)
			}
			if n := countSends(cloud, "setSecret", "S001"); n != 4 {
				t.Errorf("%s: sent %d times, want 4", name, n)
			}
		})
	}
}

func TestOnlyFailedWritesAreRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret", Secret: "S001", Times: 1}, faults.PartialFailure())
		mustSync(t, cloud, secretsync.Run{Sources: newNumbered(3)})
		if n := len(cloud.Calls(faults.Match{Field: "setSecret"})); n != 4 {
			t.Errorf("%d mutations, want 4", n)
		}
	})
}

// A reply that was lost may have been that of the write itself, so that the store
// now says that nothing changed.
func TestUnchangedIsNeverAGuess(t *testing.T) {
	tests := map[string]struct {
		fault faults.Fault
		old   string
		want  secretsync.Result
	}{
		"lost reply, another value": {faults.ReplyLost(), "old", secretsync.Overwritten},
		"lost reply, same value":    {faults.ReplyLost(), canary, secretsync.Overwritten},
		"refused before, same":      {faults.RateLimited(0), canary, secretsync.Overwritten},
		"sent once, same":           {faults.Fault{Delay: time.Second}, canary, secretsync.Unchanged},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			cloud := testkit.New(t)
			cloud.Set("S000", tt.old)
			cloud.Inject(faults.Match{Field: "setSecret", Times: 1}, tt.fault)
			report, _ := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(1)})
			if got := report.Actions[0].Result; got != tt.want {
				t.Errorf("%s: %s, want %s", name, got, tt.want)
			}
		})
	}
}

// The store answers changed: false to the deletion of a missing name: the reply to the
// first request was lost, or somebody was faster. Either way the name is gone.
func TestADeletionThatChangesNothingIsADeletion(t *testing.T) {
	tests := map[string]struct {
		fault faults.Fault
		sends int
		gone  bool
	}{
		"sent once, gone meanwhile": {faults.Fault{Delay: time.Second}, 1, true},
		"reply lost":                {faults.ReplyLost(), 2, false},
		"done too slowly":           {faults.Fault{Delay: time.Minute, Applied: true}, 2, false},
		"503, and done":             {faults.Fault{Status: http.StatusServiceUnavailable, Applied: true}, 2, false},
		"429, gone meanwhile":       {faults.RateLimited(0), 2, true},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			cloud := newCloud(t, "OLD")
			store := newPaced(cloud.AdminClient())
			plan := mustPlan(t, store, pruneAll(secretsync.Run{Sources: newSources("A", "x")}))
			if tt.gone {
				mustDelete(t, cloud, "OLD")
			}
			before := countSends(cloud, "deleteSecret", "OLD")
			cloud.Inject(faults.Match{Field: "deleteSecret", Times: 1}, tt.fault)
			report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
			if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
				t.Fatal(err)
			}
			diff := cmp.Diff([]string{"OLD"}, report.Names(secretsync.Deleted))
			if diff != "" || report.Err != nil || report.Undone() != 0 {
				t.Errorf("%s: %v: %s", name, report.Err, diff)
			}
			if n := countSends(cloud, "deleteSecret", "OLD") - before; n != tt.sends {
				t.Errorf("%s: sent %d times, want %d", name, n, tt.sends)
			}
		})
	}
}

// mustDelete deletes a secret with the admin key.
func mustDelete(t *testing.T, cloud *testkit.Cloud, name string) {
	t.Helper()
	if err := cloud.AdminClient().DeleteSecret(t.Context(), name); err != nil {
		t.Fatal(err)
	}
}

// A document that was refused may have been carried out in part.
func TestAHalvedDocumentIsNotReportedUnchanged(t *testing.T) {
	cloud := testkit.New(t)
	match := faults.Match{Field: "setSecret", Secret: "S000", Times: 1}
	cloud.Inject(match, faults.Fault{Status: http.StatusBadRequest, Applied: true})
	report, _ := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(2)})
	if got := report.Count(secretsync.Created); got != 2 {
		t.Errorf("%d created: %+v", got, report.Actions)
	}
}

func TestAnOldStoreIsNeverReportedUnchanged(t *testing.T) {
	cloud := testkit.New(t, testkit.WithDialect(prefect.DialectSnake))
	cloud.Set("S000", canary)
	report, _ := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(1)})
	if got := report.Actions[0].Result; got != secretsync.Overwritten {
		t.Errorf("got %s", got)
	}
}

// The pace that one answer asks for applies to all workers and all tenants.
func TestRetryAfterPausesEveryTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		other := cloud.Tenant("data")
		match := faults.Match{Field: "setSecret", Secret: "S007", Tenant: cloud.TenantID(), Times: 1}
		cloud.Inject(match, faults.RateLimited(20*time.Second))
		client, pace := cloud.AdminClient(), new(secretsync.Pace)
		otherClient, err := client.ForTenant(other.TenantID())
		if err != nil {
			t.Fatal(err)
		}
		store, otherStore := pace.Of(client), pace.Of(otherClient)
		in := secretsync.Run{Sources: newNumbered(10)}
		plan, otherPlan := mustPlan(t, store, in), mustPlan(t, otherStore, in)
		began := time.Now()
		done := make(chan time.Duration)
		go func() {
			secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
			done <- time.Since(began)
		}()
		time.Sleep(time.Second)
		secretsync.Apply(t.Context(), otherStore, otherPlan, secretsync.ApplyOptions{})
		if took := time.Since(began); took < 20*time.Second {
			t.Errorf("the other tenant waited %v", took)
		}
		if took := <-done; took < 20*time.Second {
			t.Errorf("the tenant itself waited %v", took)
		}
	})
}

func TestManyRefusalsSlowDownAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret", Times: 40}, faults.RateLimited(0))
		report, client := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(1000)})
		if report.Written() != 1000 || client.Requests() != 52 {
			t.Errorf("%d written in %d requests: %v", report.Written(), client.Requests(), report.Err)
		}
	})
}

// Requests that the rate limit refuses are repeated for as long as there is time.
func TestARateLimitIsNotAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret", Times: 30}, faults.RateLimited(0))
		if report, _ := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(1)}); report.Written() != 1 {
			t.Errorf("%+v", report.Actions)
		}
	})
}

func TestTheTimeOfARunEnds(t *testing.T) {
	for name, fault := range map[string]faults.Fault{"429": faults.RateLimited(time.Hour), "503": faults.Unavailable()} {
		synctest.Test(t, func(t *testing.T) {
			cloud := testkit.New(t)
			store := newPaced(cloud.AdminClient())
			plan := mustPlan(t, store, secretsync.Run{Sources: newNumbered(2)})
			cloud.Inject(faults.Match{Field: "setSecret"}, fault)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
			defer cancel()
			report := secretsync.Apply(ctx, store, plan, secretsync.ApplyOptions{})
			reason := report.Actions[0].Reason
			if report.Undone() != 2 || !strings.Contains(reason, "the run timed out") || !strings.Contains(reason, "HTTP "+name) {
				t.Errorf("%s: %+v", name, report.Actions)
			}
		})
	}
}

func TestAWriteThatMayHaveHappenedIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Set("OLD", "old")
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.ReplyLost())
		store := newPaced(cloud.AdminClient())
		plan := mustPlan(t, store, secretsync.Run{Sources: newSources("OLD", canary, "NEW", canary)})
		report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
		if diff := cmp.Diff([]string{"NEW", "OLD"}, report.Names(secretsync.Unknown)); diff != "" {
			t.Error(diff)
		}
		if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
			t.Fatal(err)
		}
		if report.Actions[0].Result != secretsync.Created || report.Actions[1].Result != secretsync.Unknown || report.Err == nil {
			t.Errorf("after the names: %+v", report.Actions)
		}
		if err := secretsync.VerifyValues(t.Context(), newPaced(cloud.RunnerClient()), report); err != nil {
			t.Fatal(err)
		}
		if report.Actions[1].Result != secretsync.Overwritten || report.Err != nil || report.Undone() != 0 {
			t.Errorf("after the values: %v, %+v", report.Err, report.Actions)
		}
	})
}

func TestARefusedKeyStopsTheRun(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("STALE", 1)
	client := cloud.AdminClient()
	store := newPaced(client)
	in := secretsync.Run{Sources: newNumbered(4000), Prune: secretsync.Prune{Scope: []string{"*"}, Unowned: true}}
	plan := mustPlan(t, store, in)
	cloud.Inject(faults.Match{Field: "setSecret"}, faults.KeyExpired())
	before := client.Requests()
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if report.Count(secretsync.Failed) != 4000 || !errors.Is(report.Err, prefect.ErrUnauthenticated) {
		t.Errorf("%d failed: %v", report.Count(secretsync.Failed), report.Err)
	}
	if n := client.Requests() - before; n > 16 {
		t.Errorf("%d requests with a key that is refused", n)
	}
	if last := report.Actions[3999]; !strings.HasPrefix(last.Reason, "not sent: ") {
		t.Errorf("the last one: %s", last.Reason)
	}
	cloud.AssertSecrets(t, map[string]any{"STALE": 1})
}

// A run that is stopped waits for what is in flight, and sends nothing more.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Delay: 10 * time.Second})
		store := newPaced(cloud.AdminClient())
		plan := mustPlan(t, store, secretsync.Run{Sources: newNumbered(2000)})
		stop := make(chan struct{})
		time.AfterFunc(5*time.Second, func() { close(stop) })
		began := time.Now()
		report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{Stop: stop})
		if report.Written() != 1600 || len(cloud.Names()) != 1600 || time.Since(began) != 10*time.Second {
			t.Errorf("%d written, %d stored, after %v", report.Written(), len(cloud.Names()), time.Since(began))
		}
		if failed := report.Names(secretsync.Failed); len(failed) != 400 || !errors.Is(report.Err, secretsync.ErrInterrupted) {
			t.Errorf("%d failed: %v", len(failed), report.Err)
		}
		if reason := report.Actions[1999].Reason; reason != "not sent: interrupted" {
			t.Errorf("the reason is %q", reason)
		}
	})
}

func TestNothingIsSentAfterStop(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	for range 20 {
		client := testkit.New(t).AdminClient()
		plan := mustPlan(t, client, secretsync.Run{Sources: newNumbered(1)})
		before := client.Requests()
		report := secretsync.Apply(t.Context(), client, plan, secretsync.ApplyOptions{Stop: stop})
		if client.Requests() != before || !errors.Is(report.Err, secretsync.ErrInterrupted) {
			t.Fatalf("%d requests: %v", client.Requests()-before, report.Err)
		}
	}
}

func TestStopEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cloud := testkit.New(t)
		cloud.Inject(faults.Match{Field: "setSecret"}, faults.RateLimited(time.Hour))
		store := newPaced(cloud.AdminClient())
		plan := mustPlan(t, store, secretsync.Run{Sources: newNumbered(1)})
		stop := make(chan struct{})
		time.AfterFunc(time.Second, func() { close(stop) })
		began := time.Now()
		report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{Stop: stop})
		if time.Since(began) != time.Second || report.Actions[0].Result != secretsync.Failed {
			t.Errorf("after %v: %+v", time.Since(began), report.Actions)
		}
	})
}

func TestProgressGrowsToTheTotal(t *testing.T) {
	cloud := testkit.New(t)
	store := newPaced(cloud.AdminClient())
	plan := mustPlan(t, store, secretsync.Run{Sources: append(newNumbered(250), newSource("t", "EMPTY", ""))})
	var calls []int
	secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{Progress: func(done, total int) {
		if total != 250 {
			t.Errorf("the total is %d", total)
		}
		calls = append(calls, done)
	}})
	if !slices.IsSorted(calls) || len(calls) != 3 || calls[2] != 250 {
		t.Errorf("called with %v", calls)
	}
}

// A server that accepts ten mutations a document gets ten, once the client has learned
// that.
func TestDocumentsShrinkToWhatIsAccepted(t *testing.T) {
	cloud := testkit.New(t)
	var refused, taken atomic.Int64
	h := cloud.Handler()
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := readBody(t, r)
		switch n := strings.Count(body, "setSecret("); {
		case n > 10:
			refused.Add(1)
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		case n > 0:
			taken.Add(1)
		}
		h.ServeHTTP(w, r)
	})
	store := newStore(t, limited)
	plan := mustPlan(t, store, secretsync.Run{Sources: newNumbered(3200)})
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if report.Written() != 3200 || report.Err != nil {
		t.Fatalf("%d written: %v", report.Written(), report.Err)
	}
	if n := refused.Load(); n > 16*8 {
		t.Errorf("%d documents were refused, %d taken: the limit was not learned", n, taken.Load())
	}
}

// A store that answers success and retains the old value is detected by its names or
// its values, and never reported as verified.
func TestAStoreThatRetainsTheOldValue(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("S000", "old")
	h := cloud.Handler()
	lying := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body := readBody(t, r); strings.Contains(body, "setSecret(") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"data":{"a0":{"success":true,"changed":true}}}`)
			return
		}
		h.ServeHTTP(w, r)
	})
	store := newStore(t, lying)
	plan := mustPlan(t, store, secretsync.Run{Sources: newNumbered(1)})
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
		t.Fatal(err)
	}
	if report.Verified.Present != 1 || report.Verified.Values != nil {
		t.Errorf("verified by names: %+v", report.Verified)
	}
	if err := secretsync.VerifyValues(t.Context(), newPaced(cloud.RunnerClient()), report); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"S000"}, report.Verified.Different); diff != "" || report.Err == nil {
		t.Errorf("%v: %s", report.Err, diff)
	}
}
