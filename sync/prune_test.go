package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// newCloud makes a fake whose secrets the key admin wrote.
func newCloud(t *testing.T, names ...string) *testkit.Cloud {
	t.Helper()
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	for _, name := range names {
		if err := client.SetSecret(t.Context(), name, "old"); err != nil {
			t.Fatal(err)
		}
	}
	return cloud
}

func pruneAll(in secretsync.Run) secretsync.Run {
	in.Prune.Scope = []string{"*"}
	return in
}

// deletedNames returns the names that a plan deletes.
func deletedNames(p *secretsync.Plan) []string {
	names := []string{}
	for _, a := range p.Actions {
		if a.Kind == secretsync.Delete {
			names = append(names, a.Name)
		}
	}
	return names
}

func TestPruneDeletesWhatNoSourceHas(t *testing.T) {
	cloud := newCloud(t, "A", "team_old", "other_old")
	in := secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{Scope: []string{"team_*"}}}
	store := newPaced(cloud.AdminClient())
	plan := mustPlan(t, store, in)
	if diff := cmp.Diff([]string{"overwrite A<A", "delete team_old< not in any source"}, lines(plan)); diff != "" {
		t.Fatal(diff)
	}
	if !plan.Pending() {
		t.Error("the plan is not pending")
	}
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"team_old"}, report.Names(secretsync.Deleted)); diff != "" || report.Err != nil {
		t.Errorf("%v %s", report.Err, diff)
	}
	cloud.AssertSecrets(t, map[string]any{"A": "x", "other_old": "old"})
}

func TestWithoutAScopeNothingIsPruned(t *testing.T) {
	cloud := newCloud(t, "A", "OLD")
	in := secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{Unowned: true}}
	plan := mustPlan(t, newPaced(cloud.AdminClient()), in)
	if len(deletedNames(plan)) != 0 || len(cloud.Calls(faults.Match{Field: "secrets_api"})) != 1 {
		t.Errorf("deletes %v", deletedNames(plan))
	}
}

// A name that a source has is not deleted, whatever the plan does with it.
func TestPruneDeletesNothingThatASourceHas(t *testing.T) {
	names := []string{"EMPTY", "EXCLUDED", "GITHUB_TOKEN", "KEY", "NOT_INCLUDED", "LISTED", "MISSING", "RENAMED"}
	cloud := newCloud(t, names...)
	in := pruneAll(secretsync.Run{
		Sources: newSources(
			"A", "x", "EMPTY", "", "EXCLUDED", "x", "GITHUB_TOKEN", "x", "KEY", canary, "NOT_INCLUDED", "x", "RENAMED", "x",
		),
		Rules: secretsync.Rules{
			Include: []string{"A", "EMPTY", "EXCLUDED"}, Exclude: []string{"EXCLUDED"},
			Names: map[string]secretsync.NameRule{"LISTED": {From: "RENAMED"}, "MISSING": {From: "NOWHERE"}},
		},
		Keys: []prefect.Value{prefect.TextValue(canary)},
	})
	if got := deletedNames(mustPlan(t, newPaced(cloud.AdminClient()), in)); len(got) != 0 {
		t.Errorf("deletes %v", got)
	}
}

func TestPruneHasALimit(t *testing.T) {
	limit := func(n int) *int { return &n }
	tests := []struct {
		names int
		limit *int
		fails bool
	}{{5, nil, false}, {6, nil, true}, {6, limit(6), false}, {1, limit(0), true}, {2, limit(1), true}}
	for _, tt := range tests {
		var names []string
		for i := range tt.names {
			names = append(names, fmt.Sprint("OLD", i))
		}
		in := pruneAll(secretsync.Run{Sources: newSources("A", "x")})
		in.Prune.MaxDeletes = tt.limit
		plan, err := secretsync.NewPlan(in)
		if err != nil {
			t.Fatal(err)
		}
		err = plan.CompareWith(t.Context(), newPaced(newCloud(t, names...).AdminClient()))
		if (err != nil) != tt.fails {
			t.Errorf("%d names, limit %d: %v", tt.names, in.Prune.Limit(), err)
		}
		if err != nil && !strings.Contains(err.Error(), "max-deletes") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestALimitBelowZeroIsRefused(t *testing.T) {
	n := -1
	_, err := secretsync.NewPlan(secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{MaxDeletes: &n}})
	if err == nil || !strings.Contains(err.Error(), "max-deletes is -1") {
		t.Errorf("got %v", err)
	}
	_, err = secretsync.NewPlan(secretsync.Run{Prune: secretsync.Prune{Scope: []string{"["}}})
	if err == nil || !strings.Contains(err.Error(), "not a glob") {
		t.Errorf("got %v", err)
	}
}

// A source that is empty may be one that failed upstream.
func TestAnEmptySourcePrunesNothing(t *testing.T) {
	for name, empty := range map[string]*secretsync.Source{
		"no entries":     newSource("vars"),
		"no texts":       newSource("vars", "X", ""),
		"GitHub's token": newSource("vars", "github_token", "x"),
		"the key":        newSource("vars", "PREFECT_SECRETS_API_KEY", canary),
	} {
		cloud := newCloud(t, "OLD")
		in := pruneAll(secretsync.Run{
			Sources: append(newSources("A", "x"), empty), Keys: []prefect.Value{prefect.TextValue(canary)},
		})
		plan := mustPlan(t, newPaced(cloud.AdminClient()), in)
		diff := cmp.Diff([]string{"nothing is pruned: there are no secrets in vars"}, plan.Notes)
		if diff != "" || len(deletedNames(plan)) != 0 {
			t.Errorf("%s: deletes %v, %s", name, deletedNames(plan), diff)
		}
	}
}

func TestPruneDeletesNothingThatAnotherKeyWrote(t *testing.T) {
	cloud := newCloud(t, "MINE", "THEIRS")
	other := cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "bob", Role: prefect.RoleAdmin}))
	if err := other.SetSecret(t.Context(), "THEIRS", "new"); err != nil {
		t.Fatal(err)
	}
	for _, unowned := range []bool{false, true} {
		in := pruneAll(secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{Unowned: unowned}})
		plan := mustPlan(t, newPaced(cloud.AdminClient()), in)
		want := []string{
			"create A<A", "delete MINE< not in any source",
			`skip THEIRS< not in any source; not deleted: the key "bob" wrote it last`,
		}
		if diff := cmp.Diff(want, lines(plan)); diff != "" {
			t.Error(diff)
		}
	}
}

// The owners of what is planned are asked with the names, those of the candidates after.
func TestOwnersAreAskedOfCandidatesAlone(t *testing.T) {
	cloud := newCloud(t, "A", "B", "team_OLD")
	var asked []string
	h := cloud.Handler()
	store := newStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body := readBody(t, r); strings.Contains(body, "updated_by") {
			asked = append(asked, body)
		}
		h.ServeHTTP(w, r)
	}))
	in := secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{Scope: []string{"team_*"}}}
	mustPlan(t, store, in)
	if len(asked) != 2 || !strings.Contains(asked[0], `{"names":["A"]}`) || !strings.Contains(asked[1], `{"names":["team_OLD"]}`) {
		t.Errorf("asked %q", asked)
	}
}

func TestAStoreThatNamesNoOwner(t *testing.T) {
	for _, unowned := range []bool{false, true} {
		cloud := testkit.New(t, testkit.WithDialect(prefect.DialectSnake))
		cloud.Set("OLD", 1)
		in := pruneAll(secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{Unowned: unowned}})
		plan := mustPlan(t, newPaced(cloud.AdminClient()), in)
		want := []string{
			"create A<A", "skip OLD< not in any source; not deleted: the store does not know who wrote it (--prune-unowned)",
		}
		if unowned {
			want[1] = "delete OLD< not in any source"
		}
		if diff := cmp.Diff(want, lines(plan)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestOwnersThatFailFailThePlan(t *testing.T) {
	cloud := newCloud(t, "OLD")
	cloud.Inject(faults.Match{Field: "secret", Nth: 2}, faults.Fault{Code: "FORBIDDEN"})
	plan, err := secretsync.NewPlan(pruneAll(secretsync.Run{Sources: newSources("A", "x"), Prune: secretsync.Prune{Unowned: true}}))
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.CompareWith(t.Context(), newPaced(cloud.AdminClient())); !errors.Is(err, prefect.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsDeletedUnlessEveryWriteSucceeded(t *testing.T) {
	cloud := newCloud(t, "OLD")
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "B"}, faults.Fault{Code: "FORBIDDEN"})
	store := newPaced(cloud.AdminClient())
	plan := mustPlan(t, store, pruneAll(secretsync.Run{Sources: newSources("A", "x", "B", "x")}))
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	old := report.Actions[2]
	if old.Result != secretsync.Skipped || old.Reason != "not deleted: not all writes succeeded" || !old.Warn {
		t.Errorf("%+v", old)
	}
	cloud.AssertSecrets(t, map[string]any{"A": "x", "OLD": "old"})
}

// Apply deletes after the writes, never at the same time.
func TestDeletionsComeLast(t *testing.T) {
	cloud := newCloud(t, "OLD")
	store := newPaced(cloud.AdminClient())
	plan := mustPlan(t, store, pruneAll(secretsync.Run{Sources: newSources("A", "x")}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cloud.Inject(faults.Match{Field: "setSecret"}, faults.Fault{Delay: 20e6})
	report := secretsync.Apply(ctx, store, plan, secretsync.ApplyOptions{})
	calls := cloud.Calls(faults.Match{})
	if last := calls[len(calls)-1]; last.Secret != "OLD" || report.Count(secretsync.Deleted) != 1 {
		t.Errorf("the last call is %+v", last)
	}
}
