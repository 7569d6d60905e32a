package release

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expandvars matches what Python's os.path.expandvars treats as a reference.
var expandvars = regexp.MustCompile(`\$(?:([0-9A-Za-z_]+)|\{([^}]*)\})`)

func FuzzReferences(f *testing.F) {
	for _, text := range []string{
		"", "$", "$A", "${A}", "${", "${}", "$$A", "a$A${B}c", "${$A", "$A-${B${C}}",
		"$É${É}", "${A\n}", "$\x00{A}", "\xff$A\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want []Reference
		for _, m := range expandvars.FindAllStringSubmatchIndex(text, -1) {
			r := Reference{Start: m[0], End: m[1], Braces: m[2] < 0}
			r.Name = text[max(m[2], m[4]):max(m[3], m[5])]
			want = append(want, r)
		}
		if diff := cmp.Diff(want, References(text)); diff != "" {
			t.Error(diff)
		}
		whole, ok := WholeReference(text)
		isWhole := len(want) == 1 && want[0].Start == 0 && want[0].End == len(text)
		if ok != isWhole || ok && whole != want[0] {
			t.Errorf("WholeReference(%q) = %v, %v", text, whole, ok)
		}
	})
}

// TestReferencesInTime has strings in which each reference could look for its end.
func TestReferencesInTime(t *testing.T) {
	for _, part := range []string{"${", "${$A", "$"} {
		References(strings.Repeat(part, 1<<20))
	}
}

func TestSetByEnvironment(t *testing.T) {
	isSet := func(name string) bool { return name == "SET" }
	for text, want := range map[string]bool{
		"$SET": true, "x$SET": true, "$UNSET": true, "x$UNSET": false, "${UNSET}": true, "x${UNSET}": true,
		"${a.b}": false, "${}": false, "$1password": false, "$2b$12$R9": false, "plain": false,
	} {
		if got := SetByEnvironment(text, isSet); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
