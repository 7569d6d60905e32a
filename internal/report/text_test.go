package report_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func newPrunedResults() []secretsync.TenantResult {
	plan := &secretsync.Plan{Tenant: "data", Notes: []string{"a note"}, Actions: []secretsync.Action{
		{Name: "A", Kind: secretsync.Create, Source: "A"},
		{Name: "OLD", Kind: secretsync.Delete, Reason: "not in any source"},
		{Name: "THEIRS", Kind: secretsync.Skip, Reason: "not deleted", Warn: true},
	}}
	r := &secretsync.Report{Actions: []secretsync.Action{
		{Name: "A", Kind: secretsync.Create, Result: secretsync.Created},
		{Name: "B", Kind: secretsync.Overwrite, Result: secretsync.Unknown, Reason: "no answer"},
		{Name: "C", Kind: secretsync.Overwrite, Result: secretsync.Failed, Reason: "refused"},
		{Name: "KEPT", Kind: secretsync.Delete, Result: secretsync.Skipped, Reason: "not deleted: why"},
		{Name: "OLD", Kind: secretsync.Delete, Result: secretsync.Deleted},
	}, Verified: &secretsync.Verified{Present: 1}}
	return []secretsync.TenantResult{
		{Name: "data", Plan: plan, Report: r}, {Name: "ml", Err: errors.New("the store is away")},
	}
}

func TestPlanTextShowsDeletions(t *testing.T) {
	var b strings.Builder
	if err := report.PlanText(&b, newPrunedResults()[0].Plan); err != nil {
		t.Fatal(err)
	}
	want := `plan for tenant data
  + create    A
  - delete    OLD     not in any source
  ! skip      THEIRS  not deleted
note: a note
plan: 1 to create, 0 to overwrite, 1 to delete, 1 skipped
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestResultTextSaysWhatIsWhere(t *testing.T) {
	var b strings.Builder
	if err := report.ResultText(&b, newPrunedResults(), 12); err != nil {
		t.Fatal(err)
	}
	want := `  ! unknown   B: no answer
  ! failed    C: refused
  ! skipped   KEPT: not deleted: why
  - deleted   OLD
result for tenant data: 1 created, 0 overwritten, 0 unchanged, 1 deleted, 1 skipped, 1 failed, 1 unknown
verified: 1 of 1 name present
verified: 1 of 1 deleted name gone
result for tenant ml: failed: the store is away
2 tenants, 12 requests
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}
