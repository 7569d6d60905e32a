package check

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// The error for a secret that the store does not have changes with the releases as
// they were measured.
func TestStoreErrorAsMeasured(t *testing.T) {
	compared := 0
	for line := range bytes.Lines(readFile(t, "../../fixtures/prefect/secret-get.jsonl")) {
		var row struct {
			Step    string
			Results map[string]struct{ Error string }
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		if row.Step != "missing in the store" {
			continue
		}
		for name, result := range row.Results {
			v, err := release.ParseVersion(name)
			if err != nil {
				t.Fatal(err)
			}
			if compared++; storeError(v).String() != result.Error {
				t.Errorf("%s: %s, want %s", name, storeError(v), result.Error)
			}
		}
	}
	if compared != 2 {
		t.Errorf("%d results", compared)
	}
}
