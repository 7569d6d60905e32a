package pysource

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// joinTokens joins the tokens with spaces. N is the end of a line, I an indent, D a
// dedent, and E the end.
func joinTokens(s *scanner) string {
	letters := map[tokenKind]string{tokNewline: "N", tokIndent: "I", tokDedent: "D", tokEnd: "E"}
	var words []string
	for _, t := range s.tokens {
		word, ok := letters[t.kind]
		if !ok {
			word = s.src[t.start:t.end]
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestScan(t *testing.T) {
	for source, want := range map[string]string{
		"":                                      "E",
		"\n \n# c\n":                            "E",
		"x":                                     "x N E",
		"x # c":                                 "x N E",
		"if x:\n  y\n  z\nw":                    "if x : N I y N z N D w N E",
		"if x:\n\ty\n\tz":                       "if x : N I y N z N D E",
		"a\n  b\n    c\nd":                      "a N I b N I c N D D d N E",
		"(a,\n  b)\nc":                          "( a , b ) N c N E",
		"a \\\n  b\nc":                          "a b N c N E",
		"\\\na":                                 "a N E",
		"a**=b//c<<d!=e->f:=g...h":              "a **= b // c << d != e -> f := g ... h N E",
		"1if x else 0xFFor 1_0.5e-3j+.5":        "1 if x else 0xFF or 1_0.5e-3j + .5 N E",
		"1..real 1.e5 0b12 1e 0o7o":             "1. . real 1.e5 0b1 2 1 e 0o7 o N E",
		"rb'a' Rb\"b\" u'''c''' x'd' F'e' b'f'": "rb'a' Rb\"b\" u'''c''' x 'd' F' e ' b'f' N E",
		"'a\\'b' r'\\'' ''":                     "'a\\'b' r'\\'' '' N E",
		"'''a'b''c\\'''d''' e":                  "'''a'b''c\\'''d''' e N E",
		"f'a{b}c'":                              "f' a { b } c ' N E",
		"f'{{a}} {b!r:>{c}.2} {d:%H:%M}'":       "f' {{a}}  { b ! r : > { c } .2 }   { d : %H:%M } ' N E",
		"f'{a[\"b\"]}' f\"{x != {1: 2}[1]}\"":   "f' { a [ \"b\" ] } ' f\" { x != { 1 : 2 } [ 1 ] } \" N E",
		"f'''{\na # c\n}'''":                    "f''' { a } ''' N E",
		"rf'\\{a}' f'\\N{DASH}\\{b}'":           "rf' \\ { a } ' f' \\N{DASH}\\ { b } ' N E",
		"f'{f\"{'a'}\"}'":                       "f' { f\" { 'a' } \" } ' N E",
		"é = ñ2 + _ﬁ":                           "é = ñ2 + _ﬁ N E",
	} {
		s := scan(source)
		if diff := cmp.Diff(want, joinTokens(s)); diff != "" || s.problem != nil {
			t.Errorf("%q: %v (-want +got):\n%s", source, s.problem, diff)
		}
	}
}

func TestScanProblems(t *testing.T) {
	for source, want := range map[string]string{
		"a = 'b":       unclosedString,
		"a = '''b'":    unclosedString,
		"a = f'b":      unclosedString,
		"a = f'{b:c'":  unclosedString,
		"a = f'{b}\nc": unclosedString,
		"a = f'{b":     "this bracket is never closed",
		"(a, [b":       "this bracket is never closed",
		"(a]":          "this bracket is never closed",
		"a}":           "nothing opens this bracket",
		"a \\ b":       "a backslash must be the last of its line",
		"a $ b":        "Python knows no such character outside of strings and comments",
		"a ‘b’":        "Python knows no such character outside of strings and comments",
		strings.Repeat("(", 201) + strings.Repeat(")", 201): "Python allows at most 200 nested brackets",
	} {
		if s := scan(source); s.problem == nil || s.problem.Message != want {
			t.Errorf("%q: got %+v", source, s.problem)
		}
	}
	if s := scan(strings.Repeat("(", 200) + strings.Repeat(")", 200)); s.problem != nil {
		t.Errorf("200 brackets: %+v", s.problem)
	}
}

func TestLiteralsAndComments(t *testing.T) {
	m := Read([]byte("a = 'b' + f'c{d}e' # f\n# g\nh(1, '''i\nj''')"))
	var got []string
	for _, s := range append(m.Literals, m.Comments...) {
		got = append(got, m.Text[s.Start:s.End])
	}
	want := []string{"'b'", "c", "e", "1", "'''i\nj'''", "# f", "# g"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDeclared(t *testing.T) {
	for text, want := range map[string]string{
		"x = 1":                             "utf-8",
		"# coding: Latin_1":                 "latin-1",
		"#!/bin/sh\n# -*- coding=UTF-8 -*-": "utf-8",
		"\n \t# vim: fileencoding=ascii":    "ascii",
		"x = 1\n# coding: latin-1":          "utf-8",
		"#\n#\n# coding: latin-1":           "utf-8",
		"# c\r\n# coding: latin-1":          "latin-1",
		"# c\r# coding: latin-1":            "latin-1",
		"\"# coding: latin-1\"":             "utf-8",
	} {
		if got := declaredEncoding([]byte(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
