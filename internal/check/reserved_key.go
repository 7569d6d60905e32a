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
	reported, suffixes := make([]bool, len(s.doc.Nodes)), map[string]string{}
	for _, k := range s.doc.Keys {
		n := s.doc.Nodes[k.Node]
		if !s.opts.Version.Reserves(n.Name) || reported[k.Node] || n.InList || !filled[k.Node] {
			continue
		}
		reported[k.Node] = true
		suffix, ok := suffixes[n.Name]
		if !ok {
			suffix = s.reservedSuffix(n.Name)
			suffixes[n.Name] = suffix
		}
		report(finding{
			message: reservedMessage(n.Name, secrets[n.Parent], suffix),
			hint:    reservedHint(n.Name, secrets[n.Parent]),
			node:    k.Node,
			start:   k.Start,
			end:     k.End,
		})
	}
}

func reservedMessage(name string, secret bool, suffix string) string {
	noun := "key"
	if secret {
		noun = "secret"
	}
	return fmt.Sprintf("no %s can be named %q%s: import prefect fails with ValueError", noun, name, suffix)
}

// reservedSuffix returns with which releases a reserved name fails, and with which
// python-box. It is "" for all that the file is checked for.
func (s *source) reservedSuffix(name string) string {
	var phrases []string
	for _, r := range s.opts.Version.Reservations(name) {
		var words []string
		if s.opts.Version == release.Any {
			words = append(words, "in "+r.Span.String())
		}
		if len(r.Boxes) > 0 {
			words = append(words, "with python-box "+strings.Join(r.Boxes, " or "))
		}
		phrases = append(phrases, strings.Join(words, " "))
	}
	if len(phrases) == 0 {
		return ""
	}
	return " " + strings.Join(phrases, " and ")
}

func reservedHint(name string, secret bool) string {
	hint := fmt.Sprintf("Prefect's configuration has a method or attribute of that name; use another, such as %s", unreservedName(name))
	if secret {
		hint += ", in the flows that read it too"
	}
	return hint
}

// unreservedName returns a name in place of a reserved one.
func unreservedName(name string) string { return "my_" + strings.Trim(name, "_") }

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
