package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkDanglingRefs reports ${section.key} that leads nowhere, which Prefect
// replaces by the empty text, and references that go round in a circle.
func checkDanglingRefs(s *source, report func(finding)) {
	env, _ := s.env()
	circles := s.referenceGraph().cycles()
	for _, v := range s.interpolated() {
		for _, name := range release.Keys(v.str) {
			if env[name] || env[release.Variable(name)] {
				continue
			}
			if problem := s.danglingReason(name); problem != "" {
				report(v.finding(fmt.Sprintf("%s refers to %s, %s: Prefect silently puts the empty text there", s.label(v), maskedName(name, "another key"), problem), s.danglingHint(name)))
				break
			}
		}
		if circles[v.name] {
			report(v.finding(fmt.Sprintf("%s refers to itself, so that its text never settles", s.label(v)), "Prefect gives up after ten rounds and keeps what it has then; take the circle out"))
		}
	}
}

// dangling says why a dotted name leads to no setting; empty if it leads to one.
func (s *source) danglingReason(name string) string {
	if node, ok := s.lookup(name); ok {
		if s.isTable(node) {
			return "which is a table"
		}
		return ""
	}
	if s.isDefault(name) || !strings.Contains(name, ".") {
		return "" // without a dot it may be a variable: see unset-env
	}
	return "which does not exist"
}

// isTable reports whether a node has names below it.
func (s *source) isTable(node tomlpos.NodeID) bool {
	if s.cachedTables == nil {
		s.cachedTables = make([]bool, len(s.doc.Nodes))
		for _, n := range s.doc.Nodes[1:] {
			s.cachedTables[n.Parent] = s.cachedTables[n.Parent] || n.Index < 0
		}
	}
	return s.cachedTables[node]
}

// isDefault reports whether a release that is asked about begins with a setting.
func (s *source) isDefault(name string) bool { return catalogueOf(s.opts.Version).defaults[name] }

func (s *source) danglingHint(name string) string {
	var names []string
	if len(s.doc.Nodes) <= maxNodesSearched {
		for _, v := range s.settings() {
			names = append(names, v.name)
		}
	}
	for _, v := range s.releases() {
		names = append(names, v.Settings()...)
	}
	if near := nearest.Of(name, names); near != "" {
		return fmt.Sprintf("the nearest key is %s; case matters", MaskTokens(near))
	}
	return "name a key of this file or of Prefect's own settings; case matters"
}

// maxSuggested bounds in how many nodes of a file the nearest name is looked for.
const maxNodesSearched = 1000
