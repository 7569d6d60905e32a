package exit_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// An interrupted sync does not say of a change with an unknown result that it was not
// made.
func TestInterruptedSync(t *testing.T) {
	for _, tt := range []struct {
		results []secretsync.Result
		want    string
	}{
		{[]secretsync.Result{secretsync.Failed, secretsync.Created}, "interrupted: 1 of 2 changes were not made"},
		{
			[]secretsync.Result{secretsync.Unknown, secretsync.Unknown, secretsync.Failed},
			"interrupted: of 3 changes 1 were not made, and of 2 nobody knows",
		},
	} {
		report := &secretsync.Report{Err: secretsync.ErrInterrupted}
		for _, result := range tt.results {
			report.Actions = append(report.Actions, secretsync.Action{Result: result})
		}
		err := exit.Synced(&secretsync.Outcome{Tenants: []secretsync.TenantResult{{Report: report}}})
		if err == nil || err.Error() != tt.want {
			t.Errorf("%v: got %v, want %s", tt.results, err, tt.want)
		}
	}
}
