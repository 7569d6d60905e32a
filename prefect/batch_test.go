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

// newBatch makes n secrets of one value.
func newBatch(n int, value string) []prefect.NamedValue {
	secrets := make([]prefect.NamedValue, n)
	for i := range secrets {
		secrets[i] = prefect.NamedValue{Name: fmt.Sprintf("S%03d", i), Value: prefect.TextValue(value)}
	}
	return secrets
}

// counting sends every request and counts it.
func counting(requests *int) prefect.Ask {
	return func(send func() error) error { *requests++; return send() }
}

func TestBatchLen(t *testing.T) {
	client := testkit.New(t).AdminClient()
	for name, tt := range map[string]struct {
		secrets []prefect.NamedValue
		want    int
	}{
		"none":             {nil, 0},
		"few":              {newBatch(7, "x"), 7},
		"many":             {newBatch(250, "x"), maxBatch},
		"long":             {newBatch(40, strings.Repeat("x", 48<<10)), 21},
		"escaped for HTML": {newBatch(40, strings.Repeat("<", 48<<10)), 3},
		"one too long":     {newBatch(2, strings.Repeat("x", 2<<20)), 1},
		"without values":   {[]prefect.NamedValue{{Name: "A"}, {Name: "B"}}, 2},
	} {
		if got := client.BatchLen(tt.secrets); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}

// A secret that the API refuses does not fail the others, and does not limit how
// long a document may be.
func TestABatchIsHalved(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "S005"}, faults.Fault{Status: http.StatusBadRequest})
	requests := 0
	results := client.SetSecrets(t.Context(), newBatch(9, "x"), counting(&requests))
	for i, result := range results {
		isOK := result.Err == nil && result.Changed
		if result.Name != fmt.Sprintf("S%03d", i) || isOK != (i != 5) || (result.Err != nil) != (i == 5) {
			t.Errorf("%d: %+v", i, result)
		}
	}
	if next := client.BatchLen(newBatch(200, "x")); len(results) != 9 || requests != 7 || next != maxBatch {
		t.Errorf("%d results of %d requests; then %d go together", len(results), requests, next)
	}
}

// The client learns once, for every tenant, what length the API accepts.
func TestABatchLearnsItsLength(t *testing.T) {
	cloud := testkit.New(t)
	client := cloud.AdminClient()
	other, err := client.ForTenant(cloud.Tenant("data").TenantID())
	if err != nil {
		t.Fatal(err)
	}
	tooLarge := faults.Fault{Status: http.StatusRequestEntityTooLarge}
	cloud.Inject(faults.Match{Field: "setSecret", Secret: "S000", Times: 1}, tooLarge)
	requests := 0
	client.SetSecrets(t.Context(), newBatch(40, "x"), counting(&requests))
	if got := other.BatchLen(newBatch(200, "x")); got != 20 || requests != 3 {
		t.Errorf("%d go together after %d requests", got, requests)
	}
	requests = 0
	results := other.SetSecrets(t.Context(), newBatch(50, "x"), counting(&requests))
	if len(results) != 50 || requests != 3 {
		t.Errorf("%d results of %d requests", len(results), requests)
	}
}

// The API may have carried out a part of a refused document.
func TestWhatWasHalvedMayHaveChanged(t *testing.T) {
	cloud := testkit.New(t)
	for _, secret := range newBatch(2, "x") {
		cloud.Set(secret.Name, "x")
	}
	client := cloud.AdminClient()
	if _, err := client.ListSecrets(t.Context()); err != nil { // so that it asks what was changed
		t.Fatal(err)
	}
	requests := 0
	changed := func() (changed []bool) {
		for _, result := range client.SetSecrets(t.Context(), newBatch(2, "x"), counting(&requests)) {
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

// A secret that ask does not send has ask's error; one that it has sent keeps its
// result.
func TestABatchThatIsNotSentToItsEnd(t *testing.T) {
	cloud := testkit.New(t)
	for i := range 4 {
		cloud.Set(fmt.Sprintf("S%03d", i), "old")
	}
	refused := faults.Fault{Status: http.StatusBadRequest}
	cloud.Inject(faults.Match{Field: "deleteSecret", Secret: "S000", Times: 1}, refused)
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

// An answer that does not fit one secret says nothing of the others.
func TestAnAnswerThatFitsInPart(t *testing.T) {
	s := &server{bodies: map[string]string{
		"a0:": `{"data":{"a0":{"success":true},"a1":[],"a2":{"success":"yes"},` +
			`"a3":{"success":true,"changed":false},"a4":{}}}`,
	}}
	results := s.client(t, prefect.DialectCamel).SetSecrets(t.Context(), newBatch(5, "x"), nil)
	want := []string{"", "does not fit the request", "does not fit the request", "", "reported a failure"}
	for i, result := range results {
		isWanted := result.Err == nil && want[i] == "" ||
			result.Err != nil && want[i] != "" && strings.Contains(result.Err.Error(), want[i])
		if !isWanted || result.Changed == (i == 3) {
			t.Errorf("%d: %v, %t", i, result.Err, result.Changed)
		}
	}
}
