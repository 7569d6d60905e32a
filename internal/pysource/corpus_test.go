package pysource

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the .json files of testdata anew")

// expected is all that is found in a module. An access is its line and column, its
// kind, its name and whether it is optional.
type expected struct {
	Reads   []string `json:"reads"`
	Unknown []string `json:"unknown"`
	Sets    []string `json:"sets"`
	Problem string   `json:"problem"`
}

func describe(m *Module) expected {
	e := expected{Reads: []string{}, Unknown: []string{}, Sets: append([]string{}, m.Sets...)}
	for _, a := range m.Reads {
		text := fmt.Sprintf("%s %s %s", place(m, a.Start), a.Kind, a.Name)
		if a.Optional {
			text += " (optional)"
		}
		e.Reads = append(e.Reads, text)
	}
	for _, a := range m.Unknown {
		e.Unknown = append(e.Unknown, fmt.Sprintf("%s %s %s", place(m, a.Start), a.Kind, m.Text[a.Start:a.End]))
	}
	if m.Problem != nil {
		e.Problem = place(m, m.Problem.Start) + " " + m.Problem.Message
	}
	return e
}

// place counts lines and columns from 1, columns in code points.
func place(m *Module, offset int) string {
	before := m.Text[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, utf8.RuneCountInString(before[line:])+1)
}

// TestCorpus holds each testdata/NAME.py to all that testdata/NAME.json says.
func TestCorpus(t *testing.T) {
	paths := corpus(t)
	if len(paths) < 40 {
		t.Errorf("only %d files", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := describe(Read(readFile(t, path)))
			golden := strings.TrimSuffix(path, ".py") + ".json"
			if *update {
				writeJSON(t, golden, got)
			}
			var want expected
			if err := json.Unmarshal(readFile(t, golden), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func corpus(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.py")
	if err != nil || len(paths) == 0 {
		t.Fatalf("testdata: %d files, %v", len(paths), err)
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

func writeJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
