package pysource

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
)

// mutation is Python with one fault in it, and which of Python's releases from 3.6 to
// 3.13 read it: all, some or none.
type mutation struct{ Text, Read string }

func mutations(t *testing.T) []mutation {
	t.Helper()
	var all []mutation
	for line := range bytes.Lines(readFile(t, "testdata/mutations.jsonl")) {
		var m mutation
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// hasCommand reports whether IPython takes a line of a text for itself.
func hasCommand(text string) bool {
	s := scan(text)
	return s.commands > 0 || slices.ContainsFunc(s.tokens, func(t token) bool { return t.kind == tokShell })
}

// TestMutations holds the grammar to Python's own parser, in both directions.
func TestMutations(t *testing.T) {
	refused, commands, missed, wrong := 0, 0, 0, 0
	for _, m := range mutations(t) {
		switch problem := Read([]byte(m.Text)).Problem; {
		case m.Read != "none" && problem != nil:
			wrong++
			t.Errorf("%q is Python: got %s at %q", m.Text, problem.Message, m.Text[min(problem.Start, len(m.Text)):])
		case m.Read == "none" && problem == nil && hasCommand(m.Text):
			commands++
		case m.Read == "none" && problem == nil:
			missed++
			t.Errorf("%q is not Python", m.Text)
		case m.Read == "none":
			refused++
		}
	}
	t.Logf("%d refused by Python and found, %d as commands of IPython not, %d missed, %d wrong", refused, commands, missed, wrong)
	if refused < 5000 || commands > refused/50 {
		t.Errorf("%d found, %d commands", refused, commands)
	}
}
