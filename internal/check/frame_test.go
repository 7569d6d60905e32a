package check

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// markedText returns the part of a frame's last line above the marker.
func markedText(t *testing.T, frame string) string {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) < 2 {
		t.Fatalf("a frame of %d lines", len(lines))
	}
	line, marker := []rune(lines[len(lines)-2]), []rune(lines[len(lines)-1])
	from := strings.Index(string(marker), "^")
	return string(line[min(from, len(line)):min(len(marker), len(line))])
}

func TestFrameMarks(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for _, tt := range []struct{ text, mark, want string }{
		{"key = 'value'", "key", "key"},
		{"key = 'value'", "'value'", "***"},
		{"key = '$NAME'", "'$NAME'", "'$NAME'"},
		{"key = true # note", "true", "true"},
		{"\tkey\t= 1", "key", "key"},
		{"'é😀' = { b = 1, c = 2 }", "c", "c"},
		{"a = 1, wrong", "wrong", "***"},
		{"a = { b = '" + long + "', key = 1, c = '" + long + "' }", "key", "key"},
		{"'" + long + "' = { key = 1, '" + long + "' = 1 }", "key", "key"},
		{"a = \"\"\"\nfirst\n\"\"\"", "\"\"\"\nfirst\n\"\"\"", "***"},
	} {
		s := newSource("f", tt.text)
		at := strings.Index(tt.text, tt.mark)
		frame := s.frame(span{at, at + len(tt.mark)})
		if got := markedText(t, frame); got != tt.want {
			t.Errorf("%.40q: marked %q, want %q in\n%s", tt.text, got, tt.want, frame)
		}
		for _, line := range strings.Split(frame, "\n") {
			if n := utf8.RuneCountInString(line); n > len("    1 | ")+maxColumns+len("……") {
				t.Errorf("%.40q: a line of %d columns", tt.text, n)
			}
		}
	}
}

func TestFrameShowsLinesBefore(t *testing.T) {
	s := newSource("f", "one = 1\r\ntwo = 'x'\r\n\r\n[four] # note\r\nfive = true\r\nsix = 6\r\n")
	at := strings.Index(s.doc.Text, "five")
	want := strings.Join([]string{
		"    3 | ",
		"    4 | [four] # ***",
		"    5 | five = true",
		"      | ^~~~",
	}, "\n")
	if got := s.frame(span{at, at + 4}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFrameIsPlainText has characters that would change what a terminal shows.
func TestFrameIsPlainText(t *testing.T) {
	s := newSource("f", "'a\u009b31m\u202eb' = 1")
	if got := s.frame(span{0, 1}); strings.ContainsAny(got, "\u009b\u202e") {
		t.Errorf("got %q", got)
	}
}
