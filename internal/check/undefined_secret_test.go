package check

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// storeSet is what the store of these tests has.
var storeSet = SecretSet{Where: "the store", Names: []string{"IN_THE_STORE", "GITHUB_TOKEN"}}

// checkFlowText finds what a Python file reads and a config does not have.
func checkFlowText(t testing.TB, name, python, config string) []Diagnostic {
	t.Helper()
	return ReadFlows([]Flow{{name, []byte(python)}}).Undefined(readSecretSets(t, config), Options{})
}

func readSecretSets(t testing.TB, config string) []SecretSet {
	t.Helper()
	names, err := ConfigSecrets([]byte(config), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return []SecretSet{{"config.toml", names}}
}

// checkFlow reads a file of testdata/flows against its config and the store.
func checkFlow(t testing.TB, path string) []Diagnostic {
	all := append(readSecretSets(t, string(readFile(t, "testdata/flows/config.toml"))), storeSet)
	return ReadFlows([]Flow{{filepath.Base(path), readFile(t, path)}}).Undefined(all, Options{})
}

// TestFlowsGolden checks each testdata/flows/err/NAME.py against NAME.out.
func TestFlowsGolden(t *testing.T) {
	for _, path := range globFiles(t, "testdata/flows/err/*.py") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := render(checkFlow(t, path))
			golden := strings.TrimSuffix(path, ".py") + ".out"
			if *update {
				writeFile(t, golden, got)
			}
			if diff := cmp.Diff(string(readFile(t, golden)), got); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFlowsOK(t *testing.T) {
	for _, path := range globFiles(t, "testdata/flows/ok/*.py") {
		if found := checkFlow(t, path); len(found) > 0 {
			t.Errorf("%s", render(found))
		}
	}
}

func TestUndefinedAsJSON(t *testing.T) {
	found := checkFlowText(t, "dir/flow.py", "import prefect\nx = 'é', prefect.client.Secret('A B')", "")
	got, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "rule": "undefined-secret",
  "severity": "error",
  "message": "config.toml does not have the secret \"A B\"",
  "hint": "put it into the store with prefect-secrets sync or set, or under [context.secrets] as the name of an environment variable",
  "file": "dir/flow.py",
  "line": 2,
  "column": 32,
  "end_line": 2,
  "end_column": 37,
  "key": "context.secrets.\"A B\"",
  "help": "https://github.com/prefect-secrets/prefect-secrets/blob/main/docs/checks.md#undefined-secret"
 }
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestUndefinedNamesThePlaces(t *testing.T) {
	reads := ReadFlows([]Flow{{"f.py", []byte("from prefect.client import Secret\nSecret('A')")}})
	for n, want := range []string{
		`nothing defines the secret "A"`,
		`place 1 does not have the secret "A"`,
		`neither place 1 nor place 2 has the secret "A"`,
		`none of place 1, place 2 and place 3 has the secret "A"`,
		`none of place 1, place 2, place 3 and place 4 has the secret "A"`,
		`none of place 1, place 2, place 3, place 4 and 1 more has the secret "A"`,
	} {
		var all []SecretSet
		for i := range n {
			all = append(all, SecretSet{Where: fmt.Sprint("place ", i+1)})
		}
		if found := reads.Undefined(all, Options{}); len(found) != 1 || found[0].Message != want {
			t.Errorf("%d places: got %v, want %q", n, found, want)
		}
	}
}

func TestUndefinedHint(t *testing.T) {
	all := []SecretSet{{"config.toml", []string{"database", "API_KEY"}}, {"the store", []string{"DATABASE_URL", "API_KEY"}}}
	for name, want := range map[string]string{
		"DATABASE":     `case counts, and config.toml has "database"; Prefect's documentation says that a secret set through the environment gets a lower-case name`,
		"api_key":      `case counts, and config.toml has "API_KEY"`,
		"DATABASE_URI": `did you mean "DATABASE_URL", which the store has?`,
		"ELSEWHERE":    "put it into the store with prefect-secrets sync or set, or under [context.secrets] as the name of an environment variable",
	} {
		if got := newSecretIndex(all).hint(name); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestUndefinedOnRequestOnly(t *testing.T) {
	reads := ReadFlows([]Flow{{"f.py", []byte("from prefect.client import Secret\nSecret('A') # prefect-secrets: ignore[undefined-secret]\nSecret('B')")}})
	if found := reads.Undefined(nil, Options{Rules: []string{"syntax"}}); len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

// TestFlowCanaries breaks a flow file at every byte: no text of it is shown, but
// for the names of secrets.
func TestFlowCanaries(t *testing.T) {
	text := string(readFile(t, "testdata/flows/err/undefined-secret.py"))
	checkNoFlowLeak(t, text)
	for at := range len(text) {
		checkNoFlowLeak(t, text[:at])
		for _, insert := range []string{"'", "\"", "\"\"\"", "\n", "#", "(", ")", "{", "\\", "\x00", "\xff", "f", "b", "“"} {
			checkNoFlowLeak(t, text[:at]+insert+text[at:])
		}
	}
}

func checkNoFlowLeak(t *testing.T, text string) {
	t.Helper()
	found := ReadFlows([]Flow{{"f.py", []byte(text)}}).Undefined(nil, Options{})
	fields, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	if out := string(fields) + render(found); strings.Contains(out, canary) {
		t.Fatalf("%s is shown:\n%s\nof the text\n%s", canary, out, text)
	}
}

func FuzzFlows(f *testing.F) {
	for _, path := range globFiles(f, "testdata/flows/*/*.py") {
		f.Add(readFile(f, path))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, d := range ReadFlows([]Flow{{"f.py", text}}).Undefined(nil, Options{}) {
			if d.File != "f.py" || d.EndLine < d.Line || d.Line > 0 && (d.Column < 1 || d.Frame == "") {
				t.Fatalf("at %d:%d to %d, frame %q", d.Line, d.Column, d.EndLine, d.Frame)
			}
		}
	})
}
