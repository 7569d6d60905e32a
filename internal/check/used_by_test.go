package check

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUsedBy(t *testing.T) {
	reads := ReadFlows([]Flow{
		{"b.py", []byte("from prefect.client import Secret\nSecret('A'), Secret('é'), Secret(x)\n")},
		{"a.py", []byte("import prefect\nif True:\n    prefect.context.secrets.get('A', 1)\nprefect.tasks.secrets.EnvVarSecret('A')")},
		{"none.py", []byte("import prefect")},
	})
	defined := []SecretSet{{Where: "config.toml", Names: []string{"B", "A", "A"}}, {Where: "the store", Names: []string{"A"}}}
	got, err := json.MarshalIndent(reads.UsedBy(defined, Options{}), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "name": "A",
  "environment": false,
  "known": [
   "config.toml",
   "the store"
  ],
  "places": [
   {
    "file": "b.py",
    "line": 2,
    "column": 8,
    "kind": "client",
    "optional": false
   },
   {
    "file": "a.py",
    "line": 3,
    "column": 33,
    "kind": "context",
    "optional": true
   }
  ],
  "possible": []
 },
 {
  "name": "B",
  "environment": false,
  "known": [
   "config.toml"
  ],
  "places": [],
  "possible": []
 },
 {
  "name": "é",
  "environment": false,
  "known": [],
  "places": [
   {
    "file": "b.py",
    "line": 2,
    "column": 21,
    "kind": "client",
    "optional": false
   }
  ],
  "possible": []
 },
 {
  "name": "A",
  "environment": true,
  "known": [],
  "places": [
   {
    "file": "a.py",
    "line": 4,
    "column": 36,
    "kind": "environment",
    "optional": false
   }
  ],
  "possible": []
 }
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Location{{"b.py", 2, 34, "client", false}}, reads.Unknown()); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}
