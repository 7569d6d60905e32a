package check

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// storeSet is the secrets in the store of these tests.
var storeSet = SecretSet{Where: "the store", Names: []string{"IN_THE_STORE", "GITHUB_TOKEN"}}

// flowTextFindings returns what a flow reads and a config does not define.
func flowTextFindings(t testing.TB, name, python, config string) []Diagnostic {
	t.Helper()
	return ReadFlows([]Flow{{name, []byte(python)}}).Check(readSecretSets(t, config), Options{})
}

func readSecretSets(t testing.TB, config string) []SecretSet {
	t.Helper()
	names, err := ConfigSecrets([]byte(config), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return []SecretSet{{Where: "config.toml", Names: names}}
}

// flowFindings returns what a flow of testdata/flows reads and neither its config
// nor the store defines.
func flowFindings(t testing.TB, path string) []Diagnostic {
	defined := append(readSecretSets(t, string(readFile(t, "testdata/flows/config.toml"))), storeSet)
	return ReadFlows([]Flow{{filepath.Base(path), readFile(t, path)}}).Check(defined, Options{})
}

// TestFlowsGolden checks each testdata/flows/err/NAME.py against NAME.out.
func TestFlowsGolden(t *testing.T) {
	for _, path := range globFiles(t, "testdata/flows/err/*.py") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := render(flowFindings(t, path))
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
		if found := flowFindings(t, path); len(found) > 0 {
			t.Errorf("%s", render(found))
		}
	}
}

func TestUndefinedAsJSON(t *testing.T) {
	found := flowTextFindings(t, "dir/flow.py", "import prefect\nx = 'é', prefect.client.Secret('A B')", "")
	got, err := json.MarshalIndent(found, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `[
 {
  "rule": "undefined-secret",
  "severity": "error",
  "message": "config.toml does not have the secret \"A B\"",
  "hint": "write it to the store with prefect-secrets sync or set, or name an environment variable for it under [context.secrets]",
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
		var sets []SecretSet
		for i := range n {
			sets = append(sets, SecretSet{Where: fmt.Sprint("place ", i+1)})
		}
		if found := reads.Check(sets, Options{}); len(found) != 1 || found[0].Message != want {
			t.Errorf("%d sets: got %v, want %q", n, found, want)
		}
	}
}

func TestUndefinedHint(t *testing.T) {
	sets := []SecretSet{
		{Where: "config.toml", Names: []string{"database", "API_KEY"}},
		{Where: "the store", Names: []string{"DATABASE_URL", "API_KEY"}},
	}
	for name, want := range map[string]string{
		"DATABASE":     `case matters: config.toml has "database"; Prefect's documentation says that a secret set through the environment gets a lower-case name`,
		"api_key":      `case matters: config.toml has "API_KEY"`,
		"DATABASE_URI": `did you mean "DATABASE_URL", which the store has?`,
		"ELSEWHERE":    "write it to the store with prefect-secrets sync or set, or name an environment variable for it under [context.secrets]",
	} {
		if got := newSecretIndex(sets).hint(name); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestUndefinedOnRequestOnly(t *testing.T) {
	reads := ReadFlows([]Flow{{"f.py", []byte("from prefect.client import Secret\n" +
		"Secret('A') # prefect-secrets: ignore[undefined-secret]\nSecret('B')")}})
	if found := reads.Check(nil, Options{Rules: []string{"syntax"}}); len(found) > 0 {
		t.Errorf("got %v", found)
	}
}

// TestFlowCanaries breaks a flow file at every byte. Nothing of it is shown except
// the names of secrets.
func TestFlowCanaries(t *testing.T) {
	text := string(readFile(t, "testdata/flows/err/undefined-secret.py"))
	checkNoFlowLeak(t, text)
	for at := range len(text) {
		checkNoFlowLeak(t, text[:at])
		for _, insert := range []string{
			"'", "\"", "\"\"\"", "\n", "#", "(", ")", "{", "\\", "\x00", "\xff", "f", "b", "“",
		} {
			checkNoFlowLeak(t, text[:at]+insert+text[at:])
		}
	}
}

func checkNoFlowLeak(t *testing.T, text string) {
	t.Helper()
	checkNotShown(t, ReadFlows([]Flow{{"f.py", []byte(text)}}).Check(nil, Options{}), text, canary)
}

func FuzzFlows(f *testing.F) {
	for _, path := range globFiles(f, "testdata/flows/*/*.py") {
		f.Add(readFile(f, path))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, d := range ReadFlows([]Flow{{"f.py", text}}).Check(nil, Options{}) {
			if d.File != "f.py" || d.EndLine < d.Line || d.Line > 0 && (d.Column < 1 || d.Frame == "") {
				t.Fatalf("at %d:%d to %d, frame %q", d.Line, d.Column, d.EndLine, d.Frame)
			}
		}
	})
}
