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

// decoderAccepts reports whether the decoder is known to accept a problem.
func decoderAccepts(text string, p Problem, start int) bool {
	switch p {
	case Trailing: // it treats the quote after an escaped backslash as escaped, and so six quotes as five
		return strings.HasSuffix(text[:start], `\\"""""`)
	case UTF16, NotUTF8: // it skips a UTF-16 byte order mark
		return true
	case BadDate: // it accepts the zone +12:60
		return true
	case TooDeep:
		return true
	}
	return isTOML11(p) || p.Redefinition()
}

// isTOML11 reports whether TOML 1.1 allows what is a problem in TOML 1.0.
func isTOML11(p Problem) bool { return p >= InlineNewline && p <= NoSeconds }

// decodeKeys returns the keys that the decoder finds. Its panics count as errors.
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
		case err == nil && problem != nil && !decoderAccepts(text, problem.Problem, problem.Start):
			t.Fatalf("the decoder accepts what Scan refuses with %q at %d", problem.Problem, problem.Start)
		case err != nil && problem == nil:
			t.Fatalf("the decoder refuses what Scan accepts: %v", err)
		case err == nil && problem == nil && !Verify(d, keys):
			t.Fatalf("the decoder finds other keys: %q", keys)
		}
	})
}

// seeds returns the texts of testdata and some of each form.
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
	end := 0
	for _, k := range d.Keys {
		checkSpan(t, d, "key", k.Start, k.End)
		if k.Start < end {
			t.Fatalf("the key at %d begins before the previous one ends at %d", k.Start, end)
		}
		end = k.End
		if got := decodePart(d.Text[k.Start:k.End]); got != d.Nodes[k.Node].Name {
			t.Fatalf("key at %d is %q, its node %q", k.Start, got, d.Nodes[k.Node].Name)
		}
	}
	for i, v := range d.Values {
		checkSpan(t, d, "value", v.Start, v.End)
		if i > 0 && v.Start < d.Values[i-1].Start {
			t.Fatalf("value %d begins before the previous one", i)
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
			t.Fatalf("node %d comes before its parent %d", id, n.Parent)
		}
	}
}

// decodePart returns a part of a key as the decoder decodes it.
func decodePart(raw string) string {
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
		t.Fatalf("%s from %d to %d of %d bytes", what, start, end, len(d.Text))
	}
}

func checkError(t *testing.T, d *Document, e *Error) {
	t.Helper()
	if e.Start < 0 || e.Start > e.End || e.End > len(d.Text) || e.Statement > e.Start || e.Origin > e.Start {
		t.Fatalf("error %+v of %d bytes", e, len(d.Text))
	}
	if p := d.Position(e.Start); p.Line < 1 || p.Line > len(d.lines.starts) || p.Column < 1 {
		t.Fatalf("error at %+v of %d lines", p, len(d.lines.starts))
	}
}
