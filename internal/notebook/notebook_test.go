package notebook

import (
	"errors"
	"strings"
	"testing"
)

const example = `{
 "cells": [
  {"cell_type": "markdown", "source": ["# not code"]},
  {
   "cell_type": "code",
   "metadata": {"source": "no"},
   "outputs": [{"text": ["x", "{"]}],
   "source": [
    "a = \"é\\n\"; b\n",
    "c"
   ]
  },
  {"source": "d\n\u0065 \ud83d\ude00 f", "cell_type": "code"},
  {"cell_type": "code", "source": []}
 ],
 "metadata": {"kernelspec": {"language": "python"}}
}`

func TestRead(t *testing.T) {
	n, err := Read([]byte("\ufeff"+example), "#")
	if err != nil {
		t.Fatal(err)
	}
	if want := "#\na = \"é\\n\"; b\nc\n#\nd\ne 😀 f\n"; n.Source != want {
		t.Fatalf("got %q, want %q", n.Source, want)
	}
	for _, c := range []struct{ line, column, fileLine, fileColumn int }{
		{1, 1, 9, 6}, {2, 1, 9, 6}, {2, 5, 9, 10}, {2, 6, 9, 12}, {2, 12, 9, 20}, {3, 1, 10, 6},
		{5, 1, 13, 15}, {6, 1, 13, 18}, {6, 2, 13, 24}, {6, 5, 13, 38}, {99, 1, 13, 18},
	} {
		if line, column := n.Position(c.line, c.column); line != c.fileLine || column != c.fileColumn {
			t.Errorf("%d:%d: got %d:%d, want %d:%d", c.line, c.column, line, column, c.fileLine, c.fileColumn)
		}
	}
}

// TestIndentedCell takes the indentation of a cell's first line away, as IPython does.
func TestIndentedCell(t *testing.T) {
	for source, want := range map[string]string{
		`["  a\n", "    b\n", "c"]`:    "#\na\n  b\nc\n",
		`"\n\t%%sql\n\tb\n\tc\u000a"`:  "#\n\n%%sql\nb\nc\n",
		`"  \n    a\n    b"`:           "#\n  \na\nb\n",
		`"  \n  \ud83d\u000a  a\n  b"`: "#\n\n\ufffd\na\n  b\n",
	} {
		n, err := Read([]byte(`{"cells": [{"cell_type": "code", "source": `+source+`}]}`), "#")
		if err != nil || n.Source != want {
			t.Errorf("%s: got %q, %v, want %q", source, n.Source, err, want)
		}
		for line := range 9 {
			n.Position(line, 9)
		}
	}
	n, err := Read([]byte(`{"cells": [{"cell_type": "code", "source": ["\ta\n", "\t\tb"]}]}`), "#")
	if err != nil {
		t.Fatal(err)
	}
	if line, column := n.Position(3, 2); line != 1 || column != 59 {
		t.Errorf("got %d:%d", line, column)
	}
}

// TestVersion3 reads the format of IPython 2 and before.
func TestVersion3(t *testing.T) {
	n, err := Read([]byte(`{"worksheets": [{"cells": [{"cell_type": "code", "input": ["a\n", "b"], "language": "python"}]}]}`), "#")
	if err != nil || n.Source != "#\na\nb\n" {
		t.Errorf("got %+v, %v", n, err)
	}
}

func TestOtherLanguage(t *testing.T) {
	n, err := Read([]byte(strings.Replace(example, `"python"`, `"R"`, 1)), "#")
	if err != nil || n.Source != "" {
		t.Errorf("got %+v, %v", n, err)
	}
	if line, column := n.Position(1, 1); line != 1 || column != 1 {
		t.Errorf("got %d:%d", line, column)
	}
}

func TestNotANotebook(t *testing.T) {
	for _, text := range []string{"", "import prefect\n", "{", `{"cells": [`, `{"cells": [}`, `{"a" "b"}`, "<<<<<<< HEAD\n{}"} {
		if _, err := Read([]byte(text), "#"); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for _, text := range []string{"{}", "[]", "1", `{"cells": 1}`, `{"cells": [{"cell_type": "code", "source": 1}]}`} {
		if n, err := Read([]byte(text), "#"); err != nil || n.Source != "" {
			t.Errorf("%q: got %+v, %v", text, n, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(example), 2, 5)
	f.Fuzz(func(t *testing.T, text []byte, line, column int) {
		n, err := Read(text, "#")
		if err != nil {
			return
		}
		if strings.Count(n.Source, "\n") > len(n.lines) {
			t.Fatalf("%d lines have no position", strings.Count(n.Source, "\n")-len(n.lines))
		}
		fileLine, fileColumn := n.Position(line, min(column, 1000))
		if fileLine < 1 || fileColumn < 1 {
			t.Fatalf("got %d:%d", fileLine, fileColumn)
		}
	})
}
