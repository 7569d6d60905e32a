package exit_test

import (
	"errors"
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

// TestChangesThatAreNotThere has changes that the store accepted, and then did not have.
func TestChangesThatAreNotThere(t *testing.T) {
	differs := errors.New("it differs")
	for want, results := range map[string][]secretsync.Result{
		"1 of 1 changes are not in effect, although the store accepted them": {secretsync.Failed},
		"1 of 2 changes are not in effect, although the store accepted them": {secretsync.Failed, secretsync.Created},
		"2 of 2 changes were not made":                                       {secretsync.Failed, secretsync.Failed},
	} {
		report := &secretsync.Report{Err: differs, Verified: &secretsync.Verified{Different: []string{"a"}}}
		for _, result := range results {
			report.Actions = append(report.Actions, secretsync.Action{Result: result})
		}
		err := exit.Synced(&secretsync.Outcome{Tenants: []secretsync.TenantResult{{Report: report}}})
		if exit.CodeOf(err) != exit.Partly || err.Error() != want {
			t.Errorf("%v: got %d, %v, want %s", results, exit.CodeOf(err), err, want)
		}
	}
}
