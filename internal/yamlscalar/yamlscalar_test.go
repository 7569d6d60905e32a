package yamlscalar

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScan(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string // k for a key, v for a value, b for braces, c for a comment, each with its text
	}{
		{"a: b\n", []string{"k a", "v b"}},
		{"a: \"b # c\" # d\n", []string{"k a", `v "b # c"`, "c # d"}},
		{"a: 'it''s' # d\nb: x#y\n", []string{"k a", "v 'it''s'", "k b", "v x#y", "c # d"}},
		{"a: \"x \\\" y\"\n\"b\": 1\n", []string{"k a", `v "x \" y"`, `k "b"`, "v 1"}},
		{"a: {{ x }}\nb: 1\n", []string{"k a", "b {{ x }}", "k b", "v 1"}},
		{"- {{ x }} y\n", []string{"b {{ x }}", "v y"}},
		{"a: x {{ y }}\n", []string{"k a", "v x {{ y }}"}},
		{"a: x\n  {{ y }}\nb: 1\n", []string{"k a", "v x\n  {{ y }}", "k b", "v 1"}},
		{"a: x # c\n  b: 1\n", []string{"k a", "v x", "k b", "v 1", "c # c"}},
		{"a: |\n  x: 1 # no comment\n\n   y\nb: 1\n", []string{"k a", "v   x: 1 # no comment\n\n   y", "k b", "v 1"}},
		{"- a: >-\n    x\n  b: |+ # c\n    y\n- c\n", []string{"k a", "v     x", "k b", "v     y", "v c", "c # c"}},
		{"- - |\n   x\n  - y # c\n", []string{"v    x", "v y", "c # c"}},
		{"- |\n x\n", []string{"v  x"}},
		{"a: |2\n    x\n  y\n z\n", []string{"k a", "v     x\n  y", "v z"}},
		{"a: |\nb: 1\n", []string{"k a", "k b", "v 1"}},
		{"a: |no\nb: 1\n", []string{"k a", "v |no", "k b", "v 1"}},
		{"a: [x, 'y', {b: c}] # d\n", []string{"k a", "v x", "v 'y'", "k b", "v c", "c # d"}},
		{"a: [\n  x, # c\n  y ]\nb: 1\n", []string{"k a", "v x", "v y", "k b", "v 1", "c # c"}},
		{`{"a": "b", "c":["d"]}`, []string{`k "a"`, `v "b"`, `k "c"`, `v "d"`}},
		{"a: &x !!str 'y'\nb: *x\n", []string{"k a", "v 'y'", "k b"}},
		{"? a\n: b\n", []string{"v a", "v b"}},
		{"%YAML 1.2\n--- # c\na: 1\n...\n", []string{"k a", "v 1", "c # c"}},
		{"key with 'quote: x # c\n", []string{"k key with 'quote", "v x", "c # c"}},
		{"password: hunter2: x\n", []string{"k password", "v hunter2: x"}},
		{"url: https://h:80/x\n", []string{"k url", "v https://h:80/x"}},
		{"a: b\r\nc: |\r\n  d\r\ne: f # g\r\n", []string{"k a", "v b", "k c", "v   d\r", "k e", "v f", "c # g\r"}},
		{"\ufeffa: 1", []string{"k a", "v 1"}},
		{"a: \"x\n\n  # y\"\nb: 1\n", []string{"k a", "v \"x\n\n  # y\"", "k b", "v 1"}},
		{"a:\n  |\n  x\nb: 1", []string{"k a", "v   x", "k b", "v 1"}},
		{"a: \"open\n", []string{"k a", "v \"open\n"}},
		{"- 'a': |\n    x\n  b: 1\n", []string{"k 'a'", "v     x", "k b", "v 1"}},
	} {
		var got []string
		f := Scan(tt.text)
		for _, s := range f.Scalars {
			kind := "v "
			switch {
			case s.Braces:
				kind = "b "
			case s.Key:
				kind = "k "
			}
			got = append(got, kind+tt.text[s.Start:s.End])
		}
		for _, c := range f.Comments {
			got = append(got, "c "+tt.text[c.Start:c.End])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("a: |\n  {{ x }}\n- 'b': [c, {d: \"e\"}] # f\n")
	f.Fuzz(func(t *testing.T, text string) { checkOrder(t, text) })
}

func checkOrder(t *testing.T, text string) {
	t.Helper()
	end := 0
	for _, s := range Scan(text).Scalars {
		if s.Start < end || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("a scalar from %d to %d, after %d", s.Start, s.End, end)
		}
		end = s.End
	}
}

// TestHostile has long texts that could make a scanner slow, or nest deep.
func TestHostile(t *testing.T) {
	for _, piece := range []string{"{", "{{", "[", "- ", "a: ", "'", "\"", "|\n", "a: |\n ", "# ", ": ", "? ", "a\n ", "{{ }", "\\", "&", "!a ", "}", "-\n", "a: [", "\t", "\r"} {
		checkOrder(t, strings.Repeat(piece, 200_000/len(piece)))
	}
}
