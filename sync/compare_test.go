package sync_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// plainStore is a store of another kind: it has names and values, takes one secret
// at a time, and says nothing of keys and owners.
type plainStore struct {
	mu     sync.Mutex
	values map[string]string // JSON by name
	writes int
}

func storeOf(values map[string]string) *plainStore {
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

func (s *plainStore) each(secrets []prefect.NamedValue, ask prefect.Ask, do func(prefect.NamedValue)) []prefect.MutationResult {
	results := make([]prefect.MutationResult, len(secrets))
	for i, secret := range secrets {
		results[i] = prefect.MutationResult{Name: secret.Name, Changed: true, Err: ask(func() error {
			s.mu.Lock()
			defer s.mu.Unlock()
			do(secret)
			return nil
		})}
	}
	return results
}

// comparingStore can tell which values it has.
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
	store := storeOf(map[string]string{"A": `"old"`, "STALE": `1`})
	in := secretsync.PlanInput{
		Sources: []*secretsync.Source{source("s", "A", "x", "B", "y")}, Prune: secretsync.Prune{Scope: []string{"*"}}, PruneUnowned: true,
	}
	plan := planned(t, store, in)
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
		t.Errorf("%v: a store that gives no values is said to refuse them", err)
	}
	if err := secretsync.VerifyValues(t.Context(), store, report); err == nil || report.Verified.Values != nil {
		t.Errorf("%v: a store that gives no values was asked for them", err)
	}
	in.Overwrite = secretsync.OverwriteOwned
	plan, err := secretsync.NewPlan(in)
	if err == nil {
		err = plan.Against(t.Context(), store)
	}
	if !errors.Is(err, secretsync.ErrNotOwned) {
		t.Errorf("no owner is known, and the plan: %v", err)
	}
}

// What the store can tell that it has is no change: it is not written, and needs
// nobody's leave.
func TestUnchangedIsPlannedWhereTheStoreCanTell(t *testing.T) {
	store := &comparingStore{plainStore: storeOf(map[string]string{"SAME": `"x"`, "OTHER": `"old"`})}
	in := secretsync.PlanInput{Sources: []*secretsync.Source{source("s", "SAME", "x", "OTHER", "y", "NEW", "z", "EMPTY", "")}}
	plan := planned(t, store, in)
	want := map[string]secretsync.Kind{"SAME": secretsync.Keep, "OTHER": secretsync.Overwrite, "NEW": secretsync.Create, "EMPTY": secretsync.Skip}
	if diff := cmp.Diff(want, kinds(plan)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"OTHER", "SAME"}, store.asked); diff != "" {
		t.Errorf("asked about: %s", diff)
	}
	if diff := cmp.Diff([]string{"NEW", "OTHER"}, plan.Writes()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"NEW", "OTHER", "SAME"}, plan.After()); diff != "" {
		t.Error(diff)
	}
	total := 0
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{Progress: func(_, of int) { total = of }})
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
		t.Fatal(err)
	}
	if store.writes != 2 || total != 2 || report.Written() != 2 || report.Done() != 2 || report.Verified.Present != 2 {
		t.Errorf("%d writes of %d, %d written, %d done, %+v", store.writes, total, report.Written(), report.Done(), report.Verified)
	}
	if diff := cmp.Diff([]string{"SAME"}, report.Names(secretsync.Unchanged)); diff != "" || report.Err != nil {
		t.Errorf("%v: %s", report.Err, diff)
	}
	again := planned(t, store, in)
	if again.Pending() || again.Count(secretsync.Keep) != 3 {
		t.Errorf("%+v", again.Actions)
	}
}

func kinds(plan *secretsync.Plan) map[string]secretsync.Kind {
	kinds := map[string]secretsync.Kind{}
	for _, a := range plan.Actions {
		kinds[a.Name] = a.Kind
	}
	return kinds
}

func TestUnchangedNeedsNoOwner(t *testing.T) {
	store := &comparingStore{plainStore: storeOf(map[string]string{"SAME": `"x"`})}
	in := secretsync.PlanInput{Sources: []*secretsync.Source{source("s", "SAME", "x")}, Overwrite: secretsync.OverwriteOwned}
	if plan := planned(t, store, in); plan.Pending() {
		t.Errorf("%+v", plan.Actions)
	}
}

func TestAStoreIsNotAskedToCompare(t *testing.T) {
	for name, in := range map[string]secretsync.PlanInput{
		"where the run may not": {Sources: []*secretsync.Source{source("s", "SAME", "x")}, NoCompare: true},
		"about what is new":     {Sources: []*secretsync.Source{source("s", "NEW", "x")}},
	} {
		store := &comparingStore{plainStore: storeOf(map[string]string{"SAME": `"x"`})}
		if plan := planned(t, store, in); plan.Count(secretsync.Keep) != 0 || store.calls != 0 {
			t.Errorf("%s: it was asked %d times: %+v", name, store.calls, plan.Actions)
		}
	}
}

func TestAComparisonThatFails(t *testing.T) {
	store := &comparingStore{plainStore: storeOf(map[string]string{"SAME": `"x"`}), err: prefect.ErrForbidden}
	plan, err := secretsync.NewPlan(secretsync.PlanInput{Sources: []*secretsync.Source{source("s", "SAME", "x")}})
	if err == nil {
		err = plan.Against(t.Context(), store)
	}
	if !errors.Is(err, prefect.ErrForbidden) || len(store.asked) != 1 {
		t.Errorf("%v, asked about %q", err, store.asked)
	}
}

// A plan file has changes alone, and does not fit where a reviewed change is none any
// more.
func TestAPlanFileWithoutWhatIsUnchanged(t *testing.T) {
	store := &comparingStore{plainStore: storeOf(map[string]string{"SAME": `"x"`, "OTHER": `"old"`})}
	in := secretsync.PlanInput{Sources: []*secretsync.Source{source("s", "SAME", "x", "OTHER", "y")}}
	file := secretsync.NewPlanFile("https://store.example", planned(t, store, in))
	if len(file.Actions) != 1 || file.Actions[0].Name != "OTHER" {
		t.Errorf("%+v", file.Actions)
	}
	plan := planned(t, store, in)
	if err := file.Restrict(plan); err != nil || plan.Count(secretsync.Keep) != 1 || plan.Count(secretsync.Overwrite) != 1 {
		t.Errorf("%v: %+v", err, plan.Actions)
	}
	store.values["OTHER"] = `"y"`
	err := file.Restrict(planned(t, store, in))
	if err == nil || !strings.Contains(err.Error(), "overwrite was reviewed, and it is unchanged now") {
		t.Error(err)
	}
	text := []byte(`{"format_version":2,"api_url":"https://store.example","tenants":[""],"actions":[{"tenant":"","name":"SAME","action":"unchanged"}]}`)
	if _, err := secretsync.ParsePlanFile("f", text); err == nil {
		t.Error("a plan file changes nothing")
	}
}
