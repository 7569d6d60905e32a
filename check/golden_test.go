package check

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the .out files and the outputs in docs/checks.md anew")

// render writes diagnostics as text, each with its frame and hint.
func render(found []Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		b.WriteString(d.String() + "\n")
		if d.Frame != "" {
			b.WriteString(d.Frame + "\n")
		}
		b.WriteString("  hint: " + d.Hint + "\n")
	}
	return b.String()
}

// TestGolden checks each testdata/err/NAME.toml against NAME.out.
func TestGolden(t *testing.T) {
	for _, path := range inputs(t, "testdata/err/*.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := render(File(filepath.Base(path), readFile(t, path), Options{}))
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

// TestOK checks that nothing is found in testdata/ok.
func TestOK(t *testing.T) {
	for _, path := range inputs(t, "testdata/ok/*.toml") {
		if found := File(filepath.Base(path), readFile(t, path), Options{}); len(found) > 0 {
			t.Errorf("%s", render(found))
		}
	}
}

// TestEveryRuleHasCases holds each rule to a golden pair and a file without
// fault, which bear its name. The one about flow files has them in testdata/flows.
func TestEveryRuleHasCases(t *testing.T) {
	for _, r := range Rules() {
		if r.Name == undefinedSecret {
			continue
		}
		found := File("x", readFile(t, "testdata/err/"+r.Name+".toml"), Options{})
		if len(found) == 0 || found[0].Rule != r.Name || found[0].Severity != r.Severity {
			t.Errorf("testdata/err/%s.toml: got %v", r.Name, found)
		}
		readFile(t, "testdata/ok/"+r.Name+".toml")
	}
}

func inputs(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	return paths
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func writeFile(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
