package check

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

var update = flag.Bool("update", false, "write the .out files and the outputs in docs/checks.md again")

// readOptions reads the options for a file from its first line, if that begins with
// "# options:". They are version=NAME, env=NAME for a variable that is set,
// assume-env=GLOB, and require-env. Without env= the environment is unknown.
func readOptions(t testing.TB, text []byte) Options {
	t.Helper()
	first, _, _ := strings.Cut(string(text), "\n")
	words, ok := strings.CutPrefix(first, "# options:")
	var o Options
	if !ok {
		return o
	}
	for _, word := range strings.Fields(words) {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "version":
			o.Version = mustParseVersion(t, value)
		case "env":
			o.Env = append(o.Env, value+"=x")
		case "assume-env":
			o.AssumeEnv = append(o.AssumeEnv, value)
		case "require-env":
			o.RequireEnv = true
		default:
			t.Fatalf("unknown option %q", word)
		}
	}
	return o
}

// render returns diagnostics as text, each with its frame and hint.
func render(found []Diagnostic) string {
	var b strings.Builder
	for _, d := range found {
		b.WriteString(d.String() + "\n")
		if d.Frame != "" {
			b.WriteString(d.Frame + "\n")
		}
		if d.Hint != "" {
			b.WriteString("  hint: " + d.Hint + "\n")
		}
	}
	return b.String()
}

// TestGolden checks each testdata/err/NAME.toml against NAME.out.
func TestGolden(t *testing.T) {
	for _, path := range globFiles(t, "testdata/err/*.toml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text := readFile(t, path)
			got := render(File(filepath.Base(path), text, readOptions(t, text)))
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

// TestOK checks that testdata/ok has no findings.
func TestOK(t *testing.T) {
	for _, path := range globFiles(t, "testdata/ok/*.toml") {
		text := readFile(t, path)
		if found := File(filepath.Base(path), text, readOptions(t, text)); len(found) > 0 {
			t.Errorf("%s", render(found))
		}
	}
}

// TestEveryRuleHasCases checks that each rule has a golden pair and a file without
// findings, named like the rule. Those of the rules about flows are in
// testdata/flows, those of the rule about manifests in testdata/manifest.
func TestEveryRuleHasCases(t *testing.T) {
	for _, r := range Rules() {
		if slices.Contains([]string{"flow-syntax", "undefined-secret", "read-while-building", "manifest"}, r.Name) {
			continue
		}
		text := readFile(t, "testdata/err/"+r.Name+".toml")
		found := File("x", text, readOptions(t, text))
		matches := func(d Diagnostic) bool { return d.Rule == r.Name && d.Severity == r.Severity }
		if !slices.ContainsFunc(found, matches) {
			t.Errorf("testdata/err/%s.toml: got %v", r.Name, found)
		}
		readFile(t, "testdata/ok/"+r.Name+".toml")
	}
}

func globFiles(t testing.TB, pattern string) []string {
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

func mustParseVersion(t testing.TB, name string) release.Version {
	t.Helper()
	v, err := release.ParseVersion(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
