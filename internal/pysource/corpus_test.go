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

var update = flag.Bool("update", false, "write the .json files of testdata again")

// findings are the results of a module. An access is written as its line and column,
// its kind, its name, and whether it is optional.
type findings struct {
	Reads    []string `json:"reads"`
	Unknown  []string `json:"unknown"`
	Sets     []string `json:"sets"`
	Building []string `json:"building"`
	Unnamed  []string `json:"unnamed,omitempty"`
	Problem  string   `json:"problem"`
}

func findingsOf(m *Module) findings {
	f := findings{Reads: []string{}, Unknown: []string{}, Sets: []string{}, Building: []string{}}
	for _, a := range m.Reads {
		line := fmt.Sprintf("%s %s %s", position(m, a.Start), a.Kind, a.Name)
		if a.Optional {
			line += " (optional)"
		}
		for e, o := range a.Outcomes {
			if o.Hidden {
				line += fmt.Sprintf(" (%s hidden at %s)", Error(e), position(m, o.Handler))
			} else if o.Handled {
				line += fmt.Sprintf(" (%s handled)", Error(e))
			}
		}
		f.Reads = append(f.Reads, line)
	}
	for _, d := range m.Definitions {
		line := fmt.Sprintf("%s %s %s", position(m, d.Start), d.Kind, d.Name)
		if d.Late {
			line += " (late)"
		}
		f.Sets = append(f.Sets, line)
	}
	for _, s := range m.Unnamed {
		f.Unnamed = append(f.Unnamed, position(m, s.Start)+" "+m.Text[s.Start:s.End])
	}
	for _, s := range m.Building {
		f.Building = append(f.Building, position(m, s.Start)+" "+m.Text[s.Start:s.End])
	}
	for _, a := range m.Unknown {
		line := fmt.Sprintf("%s %s %s", position(m, a.Start), a.Kind, m.Text[a.Start:a.End])
		if a.Prefix != "" || a.Suffix != "" {
			line += fmt.Sprintf(" (%s…%s)", a.Prefix, a.Suffix)
		}
		f.Unknown = append(f.Unknown, line)
	}
	if m.Problem != nil {
		f.Problem = position(m, m.Problem.Start) + " " + m.Problem.Message
	}
	return f
}

// position returns line:column of an offset, both from 1, columns in code points.
func position(m *Module, offset int) string {
	before := m.Text[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return fmt.Sprintf("%d:%d", strings.Count(before, "\n")+1, utf8.RuneCountInString(before[line:])+1)
}

// TestCorpus checks each testdata/NAME.py against testdata/NAME.json.
func TestCorpus(t *testing.T) {
	paths := corpusFiles(t)
	if len(paths) < 40 {
		t.Errorf("only %d files", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := findingsOf(Read(readFile(t, path)))
			golden := strings.TrimSuffix(path, ".py") + ".json"
			if *update {
				writeJSON(t, golden, got)
			}
			var want findings
			if err := json.Unmarshal(readFile(t, golden), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func corpusFiles(t testing.TB) []string {
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
