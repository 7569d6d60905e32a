package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkDanglingRefs reports ${section.key} that leads nowhere, which Prefect
// replaces by the empty string, and cycles of references.
func checkDanglingRefs(s *source, report func(finding)) {
	cycles := s.referenceGraph().cycles()
	for _, v := range s.interpolated() {
		if name, reason := s.firstDangling(v); reason != "" {
			report(v.finding(
				fmt.Sprintf("%s refers to %s, %s: Prefect silently puts the empty text there", s.label(v), maskedName(name, "another key"), reason),
				s.danglingHint(name),
			))
		}
		if cycles[v.name] {
			report(v.finding(
				fmt.Sprintf("%s refers to itself, so that its text never settles", s.label(v)),
				"Prefect gives up after ten rounds and keeps what it has then; take the circle out",
			))
		}
	}
}

// firstDangling returns the first key that v refers to and that leads nowhere, and why.
func (s *source) firstDangling(v setting) (name, reason string) {
	env, _ := s.env()
	for _, name := range release.Keys(v.str) {
		if env[name] || env[release.Variable(name)] || strings.HasPrefix(name, "{") {
			continue // the last is a template, as in ${{ secrets.NAME }}
		}
		if reason := s.danglingReason(name); reason != "" {
			return name, reason
		}
	}
	return "", ""
}

// danglingReason returns why a dotted name leads to no setting, or "" if it leads to one.
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

// isDefault reports whether a release that the file is checked for has a default for
// a setting.
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

// maxNodesSearched is how many nodes a file may have for its names to be suggested.
const maxNodesSearched = 1000
