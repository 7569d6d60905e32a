package prefect_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
	"github.com/prefect-secrets/prefect-secrets/testkit/faults"
)

// batchOf are n secrets of one value.
func batchOf(n int, value string) []prefect.NamedValue {
	secrets := make([]prefect.NamedValue, n)
	for i := range secrets {
		secrets[i] = prefect.NamedValue{Name: fmt.Sprintf("S%03d", i), Value: prefect.TextValue(value)}
	}
	return secrets
}

// counted sends everything and counts it.
func counted(requests *int) prefect.Ask {
	return func(send func() error) error { *requests++; return send() }
}

func TestBatchLen(t *testing.T) {
	client := testkit.New(t).AdminClient()
	for name, tt := range map[string]struct {
		secrets []prefect.NamedValue
		want    int
	}{
		"none":             {nil, 0},
		"few":              {batchOf(7, "x"), 7},
		"many":             {batchOf(250, "x"), maxBatch},
		"long":             {batchOf(40, strings.Repeat("x", 48<<10)), 21},
		"escaped for HTML": {batchOf(40, strings.Repeat("<", 48<<10)), 3},
		"one too long":     {batchOf(2, strings.Repeat("x", 2<<20)), 1},
		"without values":   {[]prefect.NamedValue{{Name: "A"}, {Name: "B"}}, 2},
	} {
		if got := client.BatchLen(tt.secrets); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// One secret that the API refuses takes no other with it, and says nothing of how long
// a document may be.
func TestABatchIsHalved(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "S005"}, faults.Fault{Status: http.StatusBadRequest})
	requests := 0
	results := client.SetSecrets(t.Context(), batchOf(9, "x"), counted(&requests))
	for i, result := range results {
		if result.Name != fmt.Sprintf("S%03d", i) || (result.Err == nil) != (i != 5) || result.Err == nil && !result.Changed {
			t.Errorf("%d: %+v", i, result)
		}
	}
	if len(results) != 9 || requests != 7 || client.BatchLen(batchOf(200, "x")) != maxBatch {
		t.Errorf("%d results of %d requests; then %d go together", len(results), requests, client.BatchLen(batchOf(200, "x")))
	}
}

// What length is taken is learned once, for every tenant.
func TestABatchLearnsItsLength(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	other, err := client.ForTenant(cloud.Tenant("data").TenantID())
	if err != nil {
		t.Fatal(err)
	}
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "S000", Times: 1}, faults.Fault{Status: http.StatusRequestEntityTooLarge})
	requests := 0
	client.SetSecrets(t.Context(), batchOf(40, "x"), counted(&requests))
	if got := other.BatchLen(batchOf(200, "x")); got != 20 || requests != 3 {
		t.Errorf("%d go together after %d requests", got, requests)
	}
	requests = 0
	if results := other.SetSecrets(t.Context(), batchOf(50, "x"), counted(&requests)); len(results) != 50 || requests != 3 {
		t.Errorf("%d results of %d requests", len(results), requests)
	}
}

// A document that was refused may have been carried out in part.
func TestWhatWasHalvedMayHaveChanged(t *testing.T) {
	cloud := testkit.New(t)
	for _, secret := range batchOf(2, "x") {
		cloud.Set(secret.Name, "x")
	}
	client := cloud.AdminClient()
	if _, err := client.ListSecrets(t.Context()); err != nil { // so that it asks what was changed
		t.Fatal(err)
	}
	requests := 0
	changed := func() (changed []bool) {
		for _, result := range client.SetSecrets(t.Context(), batchOf(2, "x"), counted(&requests)) {
			changed = append(changed, result.Changed)
		}
		return changed
	}
	if diff := cmp.Diff([]bool{false, false}, changed()); diff != "" {
		t.Error(diff)
	}
	cloud.Inject(faults.Match{Field: "setSecret", Times: 1}, faults.Fault{Status: http.StatusBadRequest})
	if diff := cmp.Diff([]bool{true, true}, changed()); diff != "" {
		t.Error(diff)
	}
}

// What ask does not send has ask's error; what it has sent keeps its result.
func TestABatchThatIsNotSentToItsEnd(t *testing.T) {
	cloud := testkit.New(t)
	for i := range 4 {
		cloud.Set(fmt.Sprintf("S%03d", i), "old")
	}
	cloud.Inject(faults.Match{Field: "deleteSecret", Secret: "S000", Times: 1}, faults.Fault{Status: http.StatusBadRequest})
	stop, requests := errors.New("stop"), 0
	results := cloud.AdminClient().DeleteSecrets(t.Context(), cloud.Names(), func(send func() error) error {
		if requests++; requests == 3 {
			return stop
		}
		return send()
	})
	var errs []error
	for _, result := range results {
		errs = append(errs, result.Err)
	}
	if !slices.Equal(errs, []error{nil, nil, stop, stop}) {
		t.Errorf("%v", errs)
	}
	cloud.AssertNames(t, "S002", "S003")
}
