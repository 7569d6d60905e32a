package sync_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// mustSync plans, applies and verifies the names.
func mustSync(t *testing.T, cloud *testkit.Cloud, in secretsync.Run) (*secretsync.Report, *prefect.Client) {
	t.Helper()
	client := cloud.AdminClient()
	store := newPaced(client)
	plan := mustPlan(t, store, in)
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
		t.Fatal(err)
	}
	return report, client
}

// mustPlan plans against a store.
func mustPlan(t *testing.T, store secretsync.Store, in secretsync.Run) *secretsync.Plan {
	t.Helper()
	plan, err := secretsync.NewPlan(in)
	if err == nil {
		err = plan.CompareWith(t.Context(), store)
	}
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestApplyWritesWhatThePlanSays(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Set("SAME", "v")
	cloud.Set("OLD", "old")
	cloud.Set("OTHER", "stays")
	report, client := mustSync(t, cloud, secretsync.Run{Sources: []*secretsync.Source{
		newSource("s", "SAME", "v", "OLD", "new", "NEW", `{"a": 1}`, "PIN", "123456", "EMPTY", ""),
	}})
	cloud.AssertSecrets(t, map[string]any{
		"SAME": "v", "OLD": "new", "NEW": map[string]any{"a": 1}, "PIN": `"123456"`, "OTHER": "stays",
	})
	results := map[string]secretsync.Result{}
	for _, a := range report.Actions {
		results[a.Name] = a.Result
	}
	want := map[string]secretsync.Result{
		"SAME": secretsync.Unchanged, "OLD": secretsync.Overwritten, "NEW": secretsync.Created, "PIN": secretsync.Created,
		"EMPTY": secretsync.Skipped,
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Error(diff)
	}
	if client.Requests() != 3 {
		t.Errorf("%d requests, want 3: names, writes, names", client.Requests())
	}
	if err := secretsync.VerifyValues(t.Context(), newPaced(cloud.RunnerClient()), report); err != nil {
		t.Fatal(err)
	}
	if err := secretsync.VerifyWriterRefused(t.Context(), newPaced(client), report); err != nil {
		t.Fatal(err)
	}
	if v := report.Verified; v.Present != 4 || *v.Values != 4 || len(v.Different) != 0 || !*v.WriterRefused {
		t.Errorf("verified %+v", v)
	}
}

func TestOneFailureLeavesTheOthers(t *testing.T) {
	cloud := testkit.New(t)
	fault := faults.Fault{Code: "NOT_ALLOWED", Message: "down, and " + canary}
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "S037"}, fault)
	report, client := mustSync(t, cloud, secretsync.Run{Sources: newNumbered(250)})
	if diff := cmp.Diff([]string{"S037"}, report.Names(secretsync.Failed)); diff != "" {
		t.Error(diff)
	}
	if report.Written() != 249 || len(cloud.Names()) != 249 || report.Verified.Present != 249 {
		t.Errorf("%d written, %d stored, %d verified", report.Written(), len(cloud.Names()), report.Verified.Present)
	}
	if client.Requests() != 5 {
		t.Errorf("%d requests, want 5: names, three documents, names", client.Requests())
	}
	reason := report.Actions[37].Reason
	if !strings.Contains(reason, "NOT_ALLOWED") || strings.Contains(reason, canary) {
		t.Errorf("the reason is %q", strings.ReplaceAll(reason, canary, "<canary>"))
	}
}

// newNumbered makes a source of n secrets, S000 and so on.
func newNumbered(n int) []*secretsync.Source {
	var pairs []string
	for i := range n {
		pairs = append(pairs, fmt.Sprintf("S%03d", i), canary)
	}
	return newSources(pairs...)
}

func TestARefusedDocumentIsHalved(t *testing.T) {
	cloud := testkit.New(t)
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "S5"}, faults.Fault{Status: 400})
	var pairs []string
	for i := range 9 {
		pairs = append(pairs, fmt.Sprint("S", i), "v")
	}
	report, _ := mustSync(t, cloud, secretsync.Run{Sources: newSources(pairs...)})
	if diff := cmp.Diff([]string{"S5"}, report.Names(secretsync.Failed)); diff != "" {
		t.Error(diff)
	}
	if names := cloud.Names(); len(names) != 8 || slices.Contains(names, "S5") {
		t.Errorf("stored: %v", names)
	}
}

func TestLargeValuesGoInSeveralDocuments(t *testing.T) {
	cloud := testkit.New(t)
	var pairs []string
	for i := range 40 {
		pairs = append(pairs, fmt.Sprint("S", i), strings.Repeat("x", 48<<10))
	}
	report, client := mustSync(t, cloud, secretsync.Run{Sources: newSources(pairs...)})
	if report.Written() != 40 || client.Requests() != 4 {
		t.Errorf("%d written in %d requests; want 40 in 4", report.Written(), client.Requests())
	}
}

func TestARefusedKeyIsTheReason(t *testing.T) {
	cloud := testkit.New(t)
	plan, err := secretsync.NewPlan(secretsync.Run{Sources: newSources("A", "x")})
	if err != nil {
		t.Fatal(err)
	}
	report := secretsync.Apply(t.Context(), newPaced(cloud.RunnerClient()), plan, secretsync.ApplyOptions{})
	if !errors.Is(report.Err, prefect.ErrForbidden) || report.Count(secretsync.Failed) != 1 {
		t.Errorf("%d failed: %v", report.Count(secretsync.Failed), report.Err)
	}
}

// A store that shows a value to whoever asks is found out.
func TestVerifyFindsAStoreThatShowsValues(t *testing.T) {
	cloud := testkit.New(t)
	report, _ := mustSync(t, cloud, secretsync.Run{Sources: newSources("A", canary)})
	if err := secretsync.VerifyWriterRefused(t.Context(), newPaced(cloud.RunnerClient()), report); err != nil {
		t.Fatal(err)
	}
	if refused := report.Verified.WriterRefused; refused == nil || *refused {
		t.Error("a key that was given the value counts as refused")
	}
}

func TestVerifyFindsWhatIsMissingAndWhatDiffers(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	plan, err := secretsync.NewPlan(secretsync.Run{Sources: newSources("A", canary, "B", canary, "C", "x")})
	if err != nil {
		t.Fatal(err)
	}
	store := newPaced(client)
	report := secretsync.Apply(t.Context(), store, plan, secretsync.ApplyOptions{})
	cloud.Set("B", canary+"2")
	if err := client.DeleteSecret(t.Context(), "C"); err != nil {
		t.Fatal(err)
	}
	if err := secretsync.VerifyNames(t.Context(), store, report); err != nil {
		t.Fatal(err)
	}
	if err := secretsync.VerifyValues(t.Context(), newPaced(cloud.RunnerClient()), report); err != nil {
		t.Fatal(err)
	}
	one := 1
	want := &secretsync.Verified{Present: 2, Missing: []string{"C"}, Values: &one, Different: []string{"B"}}
	if diff := cmp.Diff(want, report.Verified); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"B", "C"}, report.Names(secretsync.Failed)); diff != "" || report.Err == nil {
		t.Errorf("what is missing or differs is not counted as failed: %s", diff)
	}
}
