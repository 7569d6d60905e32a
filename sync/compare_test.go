package sync_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// plainStore is a store of another kind: it has names and values, writes one secret at
// a time, and says nothing of keys and owners.
type plainStore struct {
	mu     sync.Mutex
	values map[string]string // JSON by name
	writes int
}

func newPlainStore(values map[string]string) *plainStore {
	s := &plainStore{values: map[string]string{}}
	maps.Copy(s.values, values)
	return s
}

func (s *plainStore) ListSecrets(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.values)), nil
}

func (s *plainStore) GetOverview(ctx context.Context, _ []string) (prefect.Overview, error) {
	names, err := s.ListSecrets(ctx)
	return prefect.Overview{Names: names}, err
}

func (s *plainStore) BatchLen([]prefect.NamedValue) int { return 1 }

func (s *plainStore) SetSecrets(_ context.Context, secrets []prefect.NamedValue, ask prefect.Ask) []prefect.MutationResult {
	return s.each(secrets, ask, func(secret prefect.NamedValue) {
		s.writes++
		s.values[secret.Name] = string(secret.Value.Reveal())
	})
}

func (s *plainStore) DeleteSecrets(_ context.Context, names []string, ask prefect.Ask) []prefect.MutationResult {
	secrets := make([]prefect.NamedValue, len(names))
	for i, name := range names {
		secrets[i].Name = name
	}
	return s.each(secrets, ask, func(secret prefect.NamedValue) { delete(s.values, secret.Name) })
}

func (s *plainStore) each(
	secrets []prefect.NamedValue, ask prefect.Ask, change func(prefect.NamedValue),
) []prefect.MutationResult {
	results := make([]prefect.MutationResult, len(secrets))
	for i, secret := range secrets {
		results[i] = prefect.MutationResult{Name: secret.Name, Changed: true, Err: ask(func() error {
			s.mu.Lock()
			defer s.mu.Unlock()
			change(secret)
			return nil
		})}
	}
	return results
}

// comparingStore says which values it has.
type comparingStore struct {
	*plainStore
	calls int
	asked []string
	err   error
}

func (s *comparingStore) Unchanged(_ context.Context, secrets []prefect.NamedValue) (same []string, err error) {
	s.calls++
	for _, secret := range secrets {
		s.asked = append(s.asked, secret.Name)
		if s.values[secret.Name] == string(secret.Value.Reveal()) {
			same = append(same, secret.Name)
		}
	}
	return same, s.err
}

func TestAStoreOfAnotherKind(t *testing.T) {
	store := newPlainStore(map[string]string{"A": `"old"`, "STALE": `1`})
	in := secretsync.Run{
		Sources: newSources("A", "x", "B", "y"), Prune: secretsync.Prune{Scope: []string{"*"}, Unowned: true},
	}
	plan := mustPlan(t, store, in)
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil || report.Err != nil {
		t.Fatal(err, report.Err)
	}
	if diff := cmp.Diff(map[string]string{"A": `"x"`, "B": `"y"`}, store.values); diff != "" {
		t.Error(diff)
	}
	if report.Count(secretsync.Created) != 1 || report.Count(secretsync.Overwritten) != 1 || report.Count(secretsync.Deleted) != 1 {
		t.Errorf("%+v", report.Actions)
	}
	if err := secretsync.VerifyWriterRefused(t.Context(), store, report); err != nil || report.Verified.WriterRefused != nil {
		t.Errorf("%v: a store that gives no values is reported to refuse them", err)
	}
	in.Overwrite = secretsync.OverwriteOwned
	plan, err := secretsync.NewPlan(in)
	if err == nil {
		err = plan.CompareWith(t.Context(), store)
	}
	if !errors.Is(err, secretsync.ErrNotOwned) {
		t.Errorf("no owner is known, and the plan: %v", err)
	}
}

// A value that the store says it has is not a change: it is not written, and needs no
// permission.
func TestAComparerPlansUnchanged(t *testing.T) {
	store := &comparingStore{plainStore: newPlainStore(map[string]string{"SAME": `"x"`, "OTHER": `"old"`})}
	in := secretsync.Run{Sources: newSources("SAME", "x", "OTHER", "y", "NEW", "z", "EMPTY", "")}
	plan := mustPlan(t, store, in)
	want := map[string]secretsync.Kind{
		"SAME": secretsync.Keep, "OTHER": secretsync.Overwrite, "NEW": secretsync.Create, "EMPTY": secretsync.Skip,
	}
	if diff := cmp.Diff(want, kindsOf(plan)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"OTHER", "SAME"}, store.asked); diff != "" {
		t.Errorf("asked about: %s", diff)
	}
	if diff := cmp.Diff([]string{"NEW", "OTHER"}, plan.Writes()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"NEW", "OTHER", "SAME"}, plan.NamesAfter()); diff != "" {
		t.Error(diff)
	}
	total := 0
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{
		Progress: func(_, of int) { total = of },
	})
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
		t.Fatal(err)
	}
	if store.writes != 2 || total != 2 || report.Written() != 2 || report.Done() != 2 || report.Verified.Present != 2 {
		t.Errorf("%d writes of %d, %d written, %d done, %+v", store.writes, total, report.Written(), report.Done(), report.Verified)
	}
	if diff := cmp.Diff([]string{"SAME"}, report.Names(secretsync.Unchanged)); diff != "" || report.Err != nil {
		t.Errorf("%v: %s", report.Err, diff)
	}
	next := mustPlan(t, store, in)
	if next.Pending() || next.Count(secretsync.Keep) != 3 {
		t.Errorf("%+v", next.Actions)
	}
}

func kindsOf(plan *secretsync.Plan) map[string]secretsync.Kind {
	kinds := map[string]secretsync.Kind{}
	for _, a := range plan.Actions {
		kinds[a.Name] = a.Kind
	}
	return kinds
}

func TestUnchangedNeedsNoOwner(t *testing.T) {
	store := &comparingStore{plainStore: newPlainStore(map[string]string{"SAME": `"x"`})}
	in := secretsync.Run{Sources: newSources("SAME", "x"), Overwrite: secretsync.OverwriteOwned}
	if plan := mustPlan(t, store, in); plan.Pending() {
		t.Errorf("%+v", plan.Actions)
	}
}

func TestAStoreIsNotAskedToCompare(t *testing.T) {
	for name, in := range map[string]secretsync.Run{
		"where the run may not": {Sources: newSources("SAME", "x"), NoCompare: true},
		"about what is new":     {Sources: newSources("NEW", "x")},
	} {
		store := &comparingStore{plainStore: newPlainStore(map[string]string{"SAME": `"x"`})}
		if plan := mustPlan(t, store, in); plan.Count(secretsync.Keep) != 0 || store.calls != 0 {
			t.Errorf("%s: it was asked %d times: %+v", name, store.calls, plan.Actions)
		}
	}
}

func TestAComparisonThatFails(t *testing.T) {
	store := &comparingStore{plainStore: newPlainStore(map[string]string{"SAME": `"x"`}), err: prefect.ErrForbidden}
	plan, err := secretsync.NewPlan(secretsync.Run{Sources: newSources("SAME", "x")})
	if err == nil {
		err = plan.CompareWith(t.Context(), store)
	}
	if !errors.Is(err, prefect.ErrForbidden) || len(store.asked) != 1 {
		t.Errorf("%v, asked about %q", err, store.asked)
	}
}
