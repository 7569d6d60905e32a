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
