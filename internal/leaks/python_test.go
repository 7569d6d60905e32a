package leaks_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// testdata/python3.11.json holds what Python 3.11.7 returned for expressions of some
// values; s is the value in an expression.
func TestFormsOfPython(t *testing.T) {
	data, err := os.ReadFile("testdata/python3.11.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Value json.RawMessage
		Forms map[string]string
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 10 {
		t.Fatalf("%d values", len(cases))
	}
	for _, tt := range cases {
		finder := leaks.NewFinder([]leaks.Secret{{Name: "S", Value: tt.Value}, text("OTHER", "another-secret-value")})
		for expression, form := range tt.Forms {
			got := finder.Names([]byte("INFO | " + form + " |\nnext"))
			if len(got) != 1 || got[0] != "S" {
				t.Errorf("%s of %s: found %v in\n%s", expression, tt.Value, got, form)
			}
		}
	}
}
