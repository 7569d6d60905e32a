package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkReservedKeys reports each table, setting or secret that has the name of a
// method or attribute of Prefect's configuration object. Prefect does not look at
// empty tables, which it drops before, nor into arrays. checkReservedStrings is for
// strings that become tables.
func checkReservedKeys(s *source, report func(finding)) {
	checkReservedStrings(s, report)
	filled, secrets := s.filled(), s.nodesBelow("context", "secrets")
	reported := make([]bool, len(s.doc.Nodes))
	for _, k := range s.doc.Keys {
		n := s.doc.Nodes[k.Node]
		reserved := s.opts.Version.Reserved(n.Name)
		if reserved == release.Free || reported[k.Node] || n.InList || !filled[k.Node] {
			continue
		}
		reported[k.Node] = true
		report(finding{
			message: reservedMessage(n.Name, secrets[n.Parent], reserved),
			hint:    reservedHint(n.Name, secrets[n.Parent]),
			node:    k.Node,
			start:   k.Start,
			end:     k.End,
		})
	}
}

func reservedMessage(name string, secret bool, reserved release.Reservation) string {
	noun, suffix := "key", ""
	if secret {
		noun = "secret"
	}
	if reserved == release.ReservedBySome {
		suffix = " in some releases, or with some releases of python-box"
	}
	return fmt.Sprintf("no %s can be named %q: import prefect fails with ValueError%s", noun, name, suffix)
}

func reservedHint(name string, secret bool) string {
	hint := fmt.Sprintf("Prefect's configuration has a method or attribute of that name; use another, such as my_%s", strings.Trim(name, "_"))
	if secret {
		hint += ", in the flows that read it too"
	}
	return hint
}

// filled reports, for each node, whether it is a setting or has one below it. An
// array is a setting, even an empty one.
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
