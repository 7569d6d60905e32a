package check

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	tomltest "github.com/toml-lang/toml-test/v2"
)

// readCorpus returns the files of toml-test for TOML 1.0.0, by their names.
func readCorpus(t *testing.T) (valid, invalid map[string][]byte) {
	t.Helper()
	files := tomltest.TestCases()
	list, err := fs.ReadFile(files, "files-toml-1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	valid, invalid = map[string][]byte{}, map[string][]byte{}
	for name := range strings.FieldsSeq(string(list)) {
		if path.Ext(name) != ".toml" {
			continue
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(name, "valid/") {
			valid[name] = text
		} else {
			invalid[name] = text
		}
	}
	if len(valid) < 200 || len(invalid) < 350 {
		t.Fatalf("%d valid files and %d invalid ones", len(valid), len(invalid))
	}
	return valid, invalid
}

// TestInvalidCorpus checks that every invalid file has one finding of syntax, at a
// line of the file, and that nothing to the right of an equals sign is shown.
func TestInvalidCorpus(t *testing.T) {
	_, invalid := readCorpus(t)
	for name, text := range invalid {
		found := File(name, text, Options{})
		if len(found) != 1 || found[0].Rule != syntaxName {
			t.Errorf("%s: %v", name, found)
			continue
		}
		if lines := 1 + bytes.Count(text, []byte("\n")); found[0].Line < 1 || found[0].Line > lines {
			t.Errorf("%s: line %d of %d", name, found[0].Line, lines)
		}
		for line := range strings.Lines(found[0].Frame) {
			if _, right, ok := strings.Cut(line, "= "); ok && strings.Trim(right, "*\n ^~|") != "" {
				t.Errorf("%s: the frame shows %q", name, line)
			}
		}
	}
}

// TestLinesOfInvalidCorpus checks the finding's line against the one that a person
// who read the file wrote down.
func TestLinesOfInvalidCorpus(t *testing.T) {
	_, invalid := readCorpus(t)
	lines := 0
	for row := range strings.Lines(string(readFile(t, "testdata/toml-test-lines.txt"))) {
		var name string
		var line int
		if _, err := fmt.Sscan(row, &name, &line); err != nil {
			t.Fatal(err)
		}
		lines++
		text, ok := invalid["invalid/"+name+".toml"]
		if found := File(name, text, Options{}); !ok || len(found) != 1 || found[0].Line != line {
			t.Errorf("%s: %v, want line %d", name, found, line)
		}
	}
	if lines < 60 {
		t.Errorf("only %d files", lines)
	}
}

// TestValidCorpus checks that no valid file has a finding of syntax, and that each
// finding is at a line of the file.
func TestValidCorpus(t *testing.T) {
	valid, _ := readCorpus(t)
	for name, text := range valid {
		for _, d := range File(name, text, Options{Env: []string{}}) {
			if d.Rule == syntaxName {
				t.Errorf("%s: %s", name, d)
			}
			if lines := 1 + bytes.Count(text, []byte("\n")); d.Line < 1 || d.Line > lines || d.Column < 1 {
				t.Errorf("%s: %s at %d:%d of %d lines", name, d, d.Line, d.Column, lines)
			}
		}
	}
}
