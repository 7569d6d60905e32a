package tomlpos

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// lenient reports whether the decoder is known to accept what is wrong here.
func lenient(text string, p Problem, start int) bool {
	switch p {
	case Trailing: // it takes the quote after an escaped backslash for escaped, and so six of them for five
		return strings.HasSuffix(text[:start], `\\"""""`)
	case UTF16, NotUTF8: // it steps over a UTF-16 byte order mark
		return true
	case BadDate: // it accepts the zone +12:60
		return true
	case TooDeep:
		return true
	}
	return isTOML11(p) || p.Redefinition()
}

// isTOML11 reports whether TOML 1.1 allows it.
func isTOML11(p Problem) bool { return p >= InlineNewline && p <= NoSeconds }

// decodeKeys asks the decoder, whose own panics count as errors.
func decodeKeys(text string) (keys []toml.Key, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("panic")
		}
	}()
	var nothing struct{}
	md, err := toml.Decode(text, &nothing)
	return md.Keys(), err
}

func FuzzScan(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, problem := Scan(text)
		checkSpans(t, d)
		if problem != nil {
			checkError(t, d, problem)
		}
		if problem != nil && problem.Problem == TooDeep {
			return
		}
		keys, err := decodeKeys(text)
		switch {
		case err == nil && problem != nil && !lenient(text, problem.Problem, problem.Start):
			t.Fatalf("the decoder accepts what is refused with %q at %d", problem.Problem, problem.Start)
		case err != nil && problem == nil:
			t.Fatalf("the decoder refuses what is accepted: %v", err)
		case err == nil && problem == nil && !Verify(d, keys):
			t.Fatalf("the decoder finds other keys: %q", keys)
		}
	})
}

// seeds are the texts of testdata and some of each form.
func seeds(t testing.TB) []string {
	paths, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("testdata: %d files, %v", len(paths), err)
	}
	texts := []string{"", "\ufeffa = 1", "a.b = {c.d = [1, {e = 2}]}\r\n[[f]]\n[f.g]\n", "a = \"\"\"\\\n  b\"\"\"\"\" # c"}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for _, e := range errorTests {
		texts = append(texts, e.text)
	}
	return texts
}

func checkSpans(t *testing.T, d *Document) {
	t.Helper()
	at := 0
	for _, k := range d.Keys {
		checkSpan(t, d, "key", k.Start, k.End)
		if k.Start < at {
			t.Fatalf("a key at %d stands before the one that ends at %d", k.Start, at)
		}
		at = k.End
		if got := respell(d.Text[k.Start:k.End]); got != d.Nodes[k.Node].Name {
			t.Fatalf("key at %d is %q, its node %q", k.Start, got, d.Nodes[k.Node].Name)
		}
	}
	for i, v := range d.Values {
		checkSpan(t, d, "value", v.Start, v.End)
		if i > 0 && v.Start < d.Values[i-1].Start {
			t.Fatalf("value %d stands before the one it follows", i)
		}
		if !utf8.ValidString(d.String(v)) {
			t.Fatalf("value at %d does not decode to UTF-8", v.Start)
		}
	}
	for _, c := range d.Comments {
		checkSpan(t, d, "comment", c.Start, c.End)
		if d.Text[c.Start] != '#' || strings.Contains(d.Text[c.Start:c.End], "\n") {
			t.Fatalf("no comment at %d", c.Start)
		}
	}
	for id, n := range d.Nodes {
		if id > 0 && n.Parent >= NodeID(id) {
			t.Fatalf("node %d stands before its parent %d", id, n.Parent)
		}
	}
}

// respell decodes a part of a key by the decoder.
func respell(raw string) string {
	var m map[string]any
	if _, err := toml.Decode(raw+" = 1", &m); err != nil {
		return "!" + err.Error()
	}
	for name := range m {
		return name
	}
	return "!"
}

func checkSpan(t *testing.T, d *Document, what string, start, end int) {
	t.Helper()
	if start < 0 || start >= end || end > len(d.Text) {
		t.Fatalf("%s from %d to %d in a text of %d", what, start, end, len(d.Text))
	}
}

func checkError(t *testing.T, d *Document, e *Error) {
	t.Helper()
	if e.Start < 0 || e.Start > e.End || e.End > len(d.Text) || e.Statement > e.Start || e.Origin > e.Start {
		t.Fatalf("error %+v in a text of %d", e, len(d.Text))
	}
	if p := d.Position(e.Start); p.Line < 1 || p.Line > len(d.lines.starts) || p.Column < 1 {
		t.Fatalf("error at %+v of %d lines", p, len(d.lines.starts))
	}
}
