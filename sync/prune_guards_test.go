package sync_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// guarded is a run that would delete OLD, which the key admin wrote, if it were not for
// one guard.
type guarded struct {
	name  string
	guard func(*guardedRun)
}

type guardedRun struct {
	*testing.T
	cloud *testkit.Cloud
	in    secretsync.Run
	o     secretsync.ApplyOptions
}

// has adds an entry to the source.
func (r *guardedRun) has(name, value string) {
	s := r.in.Sources[0]
	s.Entries = append(s.Entries, newSource("", name, value).Entries...)
}

func (r *guardedRun) lists(name string, rule secretsync.NameRule) {
	r.in.Rules.Names = map[string]secretsync.NameRule{name: rule}
}

// writtenBy has another key write OLD.
func (r *guardedRun) writtenBy(name string) {
	client := r.cloud.ClientWithKey(r.cloud.AddKey(testkit.Key{Name: name, Role: prefect.RoleAdmin}))
	if err := client.SetSecret(r.Context(), "OLD", "theirs"); err != nil {
		r.Fatal(err)
	}
}

// guards are the guards of pruning. A source that failed is guarded against by the
// command (prune.txtar).
var guards = []guarded{
	{"without a scope", func(r *guardedRun) { r.in.Prune.Scope = nil }},
	{"outside of the scope", func(r *guardedRun) { r.in.Prune.Scope = []string{"team_*"} }},
	{"a source has it", func(r *guardedRun) { r.has("OLD", "x") }},
	{"a source has it, empty", func(r *guardedRun) { r.has("OLD", "") }},
	{"a source has it, excluded", func(r *guardedRun) { r.has("OLD", "x"); r.in.Rules.Exclude = []string{"OLD"} }},
	{"a source has it, not included", func(r *guardedRun) { r.has("OLD", "x"); r.in.Rules.Include = []string{"A"} }},
	{"a source has it, the key of this run", func(r *guardedRun) {
		r.has("OLD", canary)
		r.in.Keys = []prefect.Value{prefect.TextValue(canary)}
	}},
	{"a source has it, under another name", func(r *guardedRun) {
		r.has("OLD", "x")
		r.lists("NEW", secretsync.NameRule{From: "OLD"})
	}},
	{"a rule lists it", func(r *guardedRun) { r.lists("OLD", secretsync.NameRule{From: "A"}) }},
	{"a rule lists it, and not in any source", func(r *guardedRun) { r.lists("OLD", secretsync.NameRule{From: "NOWHERE"}) }},
	{"a source is empty", func(r *guardedRun) { r.in.Sources = append(r.in.Sources, newSource("vars")) }},
	{"a source has the key of this run alone", func(r *guardedRun) {
		r.in.Sources = append(r.in.Sources, newSource("vars", "KEY", canary))
		r.in.Keys = []prefect.Value{prefect.TextValue(canary)}
	}},
	{"max-deletes is 0", func(r *guardedRun) { r.in.Prune.MaxDeletes = new(int) }},
	{"more than 5, without max-deletes", func(r *guardedRun) {
		for _, name := range strings.Split("OLD1 OLD2 OLD3 OLD4 OLD5", " ") {
			if err := r.cloud.AdminClient().SetSecret(r.Context(), name, "old"); err != nil {
				r.Fatal(err)
			}
		}
	}},
	{"another key wrote it", func(r *guardedRun) { r.writtenBy("bob") }},
	{"another key wrote it, and what nobody owns may be deleted", func(r *guardedRun) {
		r.writtenBy("bob")
		r.in.Prune.Unowned = true
	}},
	{"the store does not know who wrote it", func(r *guardedRun) {
		r.cloud = testkit.New(r.T, testkit.WithDialect(prefect.DialectSnake))
		r.cloud.Set("OLD", "old")
	}},
	{"a write failed", func(r *guardedRun) {
		r.cloud.Inject(faults.Match{Field: "setSecret", Secret: "A"}, faults.Fault{Code: "FORBIDDEN"})
	}},
	{"a write was not sent", func(r *guardedRun) {
		stop := make(chan struct{})
		r.cloud.Inject(faults.Match{Field: "setSecret", Secret: "A"}, faults.RateLimited(time.Hour))
		time.AfterFunc(time.Second, func() { close(stop) })
		r.o.Stop = stop
	}},
}

// runDeletesOLD reports whether a run with a guard deletes OLD.
func runDeletesOLD(t *testing.T, guard func(*guardedRun)) bool {
	r := &guardedRun{T: t, cloud: newCloud(t, "OLD")}
	r.in = pruneAll(secretsync.Run{Sources: newSources("A", "x")})
	guard(r)
	store := newPaced(r.cloud.AdminClient())
	plan, err := secretsync.NewPlan(r.in)
	if err != nil {
		t.Fatal(err)
	}
	if plan.CompareWith(t.Context(), store) == nil {
		secretsync.Apply(t.Context(), store, plan, r.o)
	}
	return !slices.Contains(r.cloud.Names(), "OLD")
}

func TestEachGuardOfPruneProtectsAName(t *testing.T) {
	if !runDeletesOLD(t, func(*guardedRun) {}) {
		t.Fatal("without a guard nothing is deleted, so that no guard is tested")
	}
	for _, g := range guards {
		t.Run(g.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if runDeletesOLD(t, g.guard) {
					t.Error("it was deleted")
				}
			})
		})
	}
}
