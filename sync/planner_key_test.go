package sync_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// newPruneRun makes a run with none of the names that newSharedCloud has, all of which
// may be deleted.
func newPruneRun() secretsync.Run {
	return pruneAll(secretsync.Run{Sources: newSources("NEW", "x")})
}

// newPlannerStore makes a store with a planner key.
func newPlannerStore(cloud *testkit.Cloud) secretsync.Store {
	return newPaced(cloud.ClientWithKey(cloud.AddKey(testkit.Key{Name: "pr", Role: prefect.RolePlanner})))
}

// A sync deletes what one key wrote, so a planner counts the names of each key.
func TestAPlannerCountsTheDeletionsOfEachKey(t *testing.T) {
	cloud := newSharedCloud(t)
	if err := cloud.AdminClient().SetSecret(t.Context(), "A2", 1); err != nil {
		t.Fatal(err)
	}
	store := newPlannerStore(cloud)
	for limit, want := range map[int]string{0: "too many names", 1: "", 2: ""} {
		in := newPruneRun()
		in.Prune.MaxDeletes = &limit
		plan, err := secretsync.NewPlan(in)
		if err != nil {
			t.Fatal(err)
		}
		err = plan.CompareWith(t.Context(), store)
		if (err != nil) != (want != "") || err != nil && !errors.Is(err, secretsync.ErrTooManyDeletes) {
			t.Errorf("max-deletes %d: %v", limit, err)
		}
		remark := `a sync with "admin" would fail: it would delete 2 names, but max-deletes allows 1`
		if got := strings.Join(plan.Remarks, "; "); (limit == 1) != (got == remark) {
			t.Errorf("max-deletes %d: remarks %q", limit, got)
		}
	}
}

// Every key deletes what has no known writer.
func TestAPlannerCountsUnownedNamesForEachKey(t *testing.T) {
	store := newStore(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := `{"data":{"secrets_api":{"key":"pr"},
			"secret":[{"name":"A","updated_by":null},{"name":"B","updated_by":"bob"}]}}`
		if strings.Contains(readBody(t, r), "unreachable") {
			answer = `{"data":{"secrets_api":{"key":"pr","role":"planner","tenant":"t","unreachable":[]},
				"secret":[{"name":"A"},{"name":"B"}],"owned":[]}}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	in, limit := newPruneRun(), 1
	in.Prune.Unowned, in.Prune.MaxDeletes = true, &limit
	plan, err := secretsync.NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.CompareWith(t.Context(), store); err == nil || !strings.Contains(err.Error(), "deleted: 2, but max-deletes allows 1") {
		t.Errorf("got %v", err)
	}
}
