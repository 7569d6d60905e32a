// Package attack attacks the built command over real sockets and disks, and writes
// what came of it into docs/security.md.
package attack

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

var update = flag.Bool("update", false, "write the table of attacks into docs/security.md")

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "attack")
	if err == nil {
		err = binary.Build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// attack is one row of the table. Its outcome is what try holds every one of its
// tries to.
type attack struct {
	name, outcome string
	try           func(r *run)
}

// run is an attack under way.
type run struct {
	*testing.T
	tries int
}

// want counts a try, which fails the test unless it came out right.
func (r *run) want(right bool, what string, got any) {
	r.Helper()
	r.tries++
	if !right {
		text := fmt.Sprint(got)
		r.Errorf("%s: %s", what, text[:min(len(text), 600)])
	}
}

// refused wants an answer with a code and without data.
func (r *run) refused(code, what string, a binary.Answer) {
	r.Helper()
	r.want(a.Has(code) && !strings.Contains(a.Body, "treasure") && !strings.Contains(a.Body, `"success":true`), what, a)
}

// attacks are all that are known to be withstood.
func attacks() []attack {
	return slices.Concat(access(), protocol(), gitHub(), durability(), bounded())
}

const page = "../../docs/security.md"

// The table in docs/security.md is what this run has found.
func TestAttacks(t *testing.T) {
	var table strings.Builder
	table.WriteString("| attack | tries | outcome |\n| --- | ---: | --- |\n")
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			r := &run{T: t}
			a.try(r)
			fmt.Fprintf(&table, "| %s | %d | %s |\n", a.name, r.tries, a.outcome)
		})
	}
	if t.Failed() {
		return
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- attacks -->\n", "<!-- end of attacks -->"
	before, rest, found := strings.Cut(string(text), begin)
	old, after, closed := strings.Cut(rest, end)
	switch {
	case !found || !closed:
		t.Fatalf("%s has no place for the table", page)
	case *update:
		if err := os.WriteFile(page, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case old != table.String():
		t.Errorf("%s has another table: run go test ./test/attack -args -update; this run found\n%s", page, table.String())
	}
}
