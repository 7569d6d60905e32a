package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// checkReservedKeys reports each table, setting or secret whose name Prefect's
// configuration object has for itself. Tables with nothing in them vanish before
// Prefect looks, and it does not look into arrays. Texts that become tables are for
// checkReservedTexts.
func checkReservedKeys(s *source, report func(finding)) {
	checkReservedTexts(s, report)
	filled, secrets := s.filled(), s.below("context", "secrets")
	done := make([]bool, len(s.doc.Nodes))
	for _, k := range s.doc.Keys {
		n := s.doc.Nodes[k.Node]
		releases := reservedIn(s.opts.Version, n.Name)
		if releases == 0 || done[k.Node] || n.InList || !filled[k.Node] {
			continue
		}
		done[k.Node] = true
		report(finding{
			message: reservedMessage(n.Name, secrets[n.Parent], releases),
			hint:    reservedHint(n.Name, secrets[n.Parent]),
			node:    k.Node,
			start:   k.Start,
			end:     k.End,
		})
	}
}

func reservedMessage(name string, secret bool, releases reservation) string {
	what, where := "key", ""
	if secret {
		what = "secret"
	}
	if releases == reservedSome {
		where = " in some releases"
	}
	return fmt.Sprintf("no %s can be named %q: import prefect fails with ValueError%s", what, name, where)
}

func reservedHint(name string, secret bool) string {
	hint := fmt.Sprintf("Prefect's configuration has a method or attribute of that name; use another, such as my_%s", strings.Trim(name, "_"))
	if secret {
		hint += ", in the flows that read it too"
	}
	return hint
}

// filled reports, for each node, whether it is a setting or has one somewhere
// below it. An array is a setting, even an empty one.
func (s *source) filled() []bool {
	filled := make([]bool, len(s.doc.Nodes))
	for _, v := range s.doc.Values {
		filled[v.Node] = filled[v.Node] || v.Kind != tomlpos.InlineTable
	}
	for i := len(filled) - 1; i > 0; i-- {
		n := s.doc.Nodes[i]
		filled[n.Parent] = filled[n.Parent] || filled[i] || n.Index >= 0
	}
	return filled
}

// reservation says in which releases a name is reserved.
type reservation int

const (
	reservedAll reservation = iota + 1
	reservedSome
)

// boxes are the releases of python-box that the configuration object of a version
// is a Box of; of AnyVersion those of all since 0.6.6.
func boxes(v Version) []string {
	switch v {
	case V1_4:
		return []string{"5.1.0", "5.4.1"}
	case AnyVersion:
		return []string{"3.4.6", "4.2.3", "5.1.0", "5.4.1"}
	}
	return []string{"3.4.6"}
}

// reservedIn is 0 for a name that none of the releases of a version reserves.
func reservedIn(v Version, name string) reservation {
	in := prefect.ReservedIn(name)
	if len(in) == 0 {
		return 0
	}
	free := slices.DeleteFunc(boxes(v), func(box string) bool { return slices.Contains(in, box) })
	switch len(free) {
	case len(boxes(v)):
		return 0
	case 0:
		return reservedAll
	}
	return reservedSome
}
