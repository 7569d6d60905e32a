// Package attack attacks the built command over real sockets and disks. It writes the
// results to docs/security.md.
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

// attack is a row of the table. Try runs the attack and checks that each try has the
// outcome.
type attack struct {
	name, outcome string
	try           func(r *run)
}

// run is a running attack.
type run struct {
	*testing.T
	tries int
}

// check counts a try, and fails the test unless ok is true.
func (r *run) check(ok bool, what string, got any) {
	r.Helper()
	r.tries++
	if !ok {
		text := fmt.Sprint(got)
		r.Errorf("%s: %s", what, text[:min(len(text), 600)])
	}
}

// checkRefused checks that an answer has an error code and no data.
func (r *run) checkRefused(code, what string, a binary.Answer) {
	r.Helper()
	r.check(a.Has(code) && !strings.Contains(a.Body, "treasure") && !strings.Contains(a.Body, `"success":true`), what, a)
}

// attacks returns all attacks.
func attacks() []attack {
	return slices.Concat(accessAttacks(), protocolAttacks(), gitHubAttacks(), durabilityAttacks(), limitAttacks())
}

const page = "../../docs/security.md"

// The table in docs/security.md agrees with the results of this run.
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
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- attacks -->\n", "<!-- end of attacks -->"
	before, rest, hasBegin := strings.Cut(string(data), begin)
	old, after, hasEnd := strings.Cut(rest, end)
	switch {
	case !hasBegin || !hasEnd:
		t.Fatalf("%s has no place for the table", page)
	case *update:
		if err := os.WriteFile(page, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case old != table.String():
		t.Errorf("%s has another table: run go test ./test/attack -args -update; this run found\n%s", page, table.String())
	}
}
