package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// checkManifest checks a text with what its reader says about it.
func checkManifest(name string, text []byte) []Diagnostic {
	var problems []Problem
	var bad *secretsync.ManifestError
	if _, err := secretsync.ParseManifest(name, text); errors.As(err, &bad) {
		for _, p := range bad.Problems {
			problems = append(problems, Problem(p))
		}
	}
	return Manifest(name, text, problems)
}

// TestManifestGolden checks each testdata/manifest/err/NAME.toml against NAME.out.
func TestManifestGolden(t *testing.T) {
	for _, path := range inputs(t, "testdata/manifest/err/*.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := render(checkManifest("prefect-secrets.toml", readFile(t, path)))
			golden := strings.TrimSuffix(path, ".toml") + ".out"
			if *update {
				writeFile(t, golden, got)
			}
			if diff := cmp.Diff(string(readFile(t, golden)), got); diff != "" {
				t.Errorf("output (-want +got):\n%s", diff)
			}
		})
	}
}

func TestManifestOK(t *testing.T) {
	for _, path := range inputs(t, "testdata/manifest/ok/*.toml") {
		if found := checkManifest(path, readFile(t, path)); len(found) > 0 {
			t.Errorf("%s", render(found))
		}
	}
}

// TestProblemWithoutAPlace has problems whose keys the text does not have.
func TestProblemWithoutAPlace(t *testing.T) {
	for _, tt := range []struct {
		problem Problem
		want    string
	}{
		{Problem{Path: []string{"a", "c"}}, "m.toml:2:1"},
		{Problem{Path: []string{"b"}}, "m.toml:1:1"},
		{Problem{}, "m.toml:1:1"},
		{Problem{Path: []string{"a", "list"}, Item: 3}, "m.toml:2:10"},
		{Problem{Path: []string{"a", "list"}, Item: 2}, "m.toml:2:14"},
		{Problem{Path: []string{"a", "list"}, Item: 2, Key: true}, "m.toml:2:3"},
	} {
		found := Manifest("m.toml", []byte("\na.list = [1, 2]\n"), []Problem{tt.problem})
		if len(found) != 1 || !strings.HasPrefix(found[0].String(), tt.want+": error: ") {
			t.Errorf("%v: got %s, want %s", tt.problem, render(found), tt.want)
		}
	}
}

// TestManifestCanaries pastes a value into every place of a manifest.
func TestManifestCanaries(t *testing.T) {
	text := string(readFile(t, "testdata/manifest/ok/manifest.toml"))
	places := 0
	for at := range text {
		if text[at] != '"' && text[at] != '=' {
			continue
		}
		for _, value := range []string{"%s", `"%s"`, "\"https://u:%s@x\"", `"%s`, `["%s", "[%[1]s", "%[1]s"]`, "1 # %s", `{from = "%s", format = "%[1]s", x = "%[1]s"}`} {
			places++
			broken := text[:at+1] + fmt.Sprintf(value, canary) + text[at+1:]
			found := checkManifest("m.toml", []byte(broken))
			fields, err := json.Marshal(found)
			if err != nil {
				t.Fatal(err)
			}
			if out := string(fields) + render(found); strings.Contains(out, canary) {
				t.Fatalf("the value is shown:\n%s\nof\n%s", render(found), broken)
			}
		}
	}
	if places < 100 {
		t.Errorf("only %d places", places)
	}
}
