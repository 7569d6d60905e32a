package check

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	noisePath  = "../../fixtures/corpus/README.md"
	noiseBegin = "<!-- Written by go test ./internal/check -run TestNoise -update -->\n"
	noiseEnd   = "<!-- /Written by TestNoise -->\n"
)

// noiseVersions are the columns of the table. The empty one is any release.
var noiseVersions = []string{"", "0.9.3", "1.4.1"}

// TestNoise holds the table of what check finds in fixtures/corpus, in an environment
// that has what every machine has and no secrets.
func TestNoise(t *testing.T) {
	page := string(readFile(t, noisePath))
	before, rest, ok := strings.Cut(page, noiseBegin)
	_, after, ok2 := strings.Cut(rest, noiseEnd)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", noisePath)
	}
	want := before + noiseBegin + noiseTable(t) + noiseEnd + after
	if *update {
		writeFile(t, noisePath, want)
	} else if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("the table of findings changed; -update writes it (-want +got):\n%s", diff)
	}
}

func noiseTable(t *testing.T) string {
	t.Helper()
	paths, err := filepath.Glob("../../fixtures/corpus/*.toml")
	if err != nil || len(paths) < 30 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	table := "| config | any release | 0.9.3 | 1.4.1 |\n| --- | --- | --- | --- |\n"
	totals := make([]map[Severity]int, len(noiseVersions))
	for _, path := range paths {
		row := "| " + strings.TrimSuffix(filepath.Base(path), ".toml")
		for i, name := range noiseVersions {
			found := noiseFindings(t, path, name)
			row += " | " + rulesMet(found)
			if totals[i] == nil {
				totals[i] = map[Severity]int{}
			}
			for _, d := range found {
				totals[i][d.Severity]++
			}
		}
		table += row + " |\n"
	}
	table += "| all"
	for _, n := range totals {
		table += fmt.Sprintf(" | %d errors, %d warnings, %d notes", n[SeverityError], n[SeverityWarning], n[SeverityNote])
	}
	return table + " |\n"
}

func noiseFindings(t *testing.T, path, version string) []Diagnostic {
	t.Helper()
	o := Options{Env: []string{"HOME=/home/flows", "USER=flows", "PATH=/bin", "PWD=/flows"}}
	if version != "" {
		o.Version = mustParseVersion(t, version)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return File(filepath.Base(path), text, o)
}

// rulesMet returns the rules of findings, with how many there are of each, and
// whether they are errors or notes.
func rulesMet(found []Diagnostic) string {
	count := map[string]int{}
	var names []string
	for _, d := range found {
		name := d.Rule
		if d.Severity != SeverityWarning {
			name += " (" + string(d.Severity) + ")"
		}
		if count[name]++; count[name] == 1 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if n := count[name]; n > 1 {
			names[i] = fmt.Sprintf("%d %s", n, name)
		}
	}
	return strings.Join(names, ", ")
}
