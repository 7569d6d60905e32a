package check

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCircles(t *testing.T) {
	g := graph{
		"into": {"a"}, "a": {"b", "end"}, "b": {"c"}, "c": {"a", "missing"}, // a to c
		"self": {"end", "self"}, "end": nil,
		"between": {"x"}, "x": {"y"}, "y": {"x"}, "across": {"a", "x"},
	}
	want := map[string]bool{"a": true, "b": true, "c": true, "self": true, "x": true, "y": true}
	if diff := cmp.Diff(want, g.cycles()); diff != "" {
		t.Error(diff)
	}
}

// TestALongCircle has more keys than a call stack should have frames.
func TestALongCircle(t *testing.T) {
	g := graph{}
	for i := range 100_000 {
		g[strconv.Itoa(i)] = []string{strconv.Itoa((i + 1) % 100_000)}
	}
	if n := len(g.cycles()); n != len(g) {
		t.Errorf("%d of %d keys are in a circle", n, len(g))
	}
}

// TestAllDanglingReferencesAreNamed has a value with several references to nothing.
func TestAllDanglingReferencesAreNamed(t *testing.T) {
	const text = "[mine]\na = '${mine.x}/${mine.b}/${mine.y}/${mine.x}'\n[mine.b]\nc = 1\n"
	want := []string{"2 dangling-ref: mine.a refers to mine.x, which does not exist, and to mine.b, which is a table, and to mine.y, which does not exist: " +
		"Prefect silently puts the empty string there"}
	if diff := cmp.Diff(want, outline(File("a.toml", []byte(text), Options{Rules: []string{"dangling-ref"}}))); diff != "" {
		t.Error(diff)
	}
}
