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
		if dangling := s.danglingIn(v); len(dangling) > 0 {
			report(v.finding(danglingMessage(s.label(v), dangling), s.danglingHint(dangling)))
		}
		if cycles[v.name] {
			report(v.finding(
				fmt.Sprintf("%s refers to itself, so its value never settles", s.label(v)),
				"Prefect stops after ten rounds and keeps the value of that moment: remove one of the references",
			))
		}
	}
}

// danglingRef is a reference that leads nowhere.
type danglingRef struct{ name, reason string }

// danglingIn returns the keys that v refers to and that lead nowhere, each once.
func (s *source) danglingIn(v *setting) []danglingRef {
	env, _ := s.env()
	var all []danglingRef
	var seen map[string]bool
	for _, name := range release.Keys(v.str) {
		if seen[name] || env.has(name) || strings.HasPrefix(name, "{") {
			continue // the last is a template, as in ${{ secrets.NAME }}
		}
		reason := s.danglingReason(name)
		if reason == "" || env.has(release.Variable(name)) {
			continue
		}
		if seen == nil {
			seen = map[string]bool{}
		}
		seen[name] = true
		all = append(all, danglingRef{name, reason})
	}
	return all
}

func danglingMessage(label string, all []danglingRef) string {
	reasons := make([]string, 0, min(len(all), maxNamesListed))
	for _, d := range all[:min(len(all), maxNamesListed)] {
		reasons = append(reasons, maskedName(d.name, "another key")+", "+d.reason)
	}
	if more := len(all) - len(reasons); more > 0 {
		reasons = append(reasons, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%s refers to %s: Prefect silently puts the empty string there", label, strings.Join(reasons, ", and to "))
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

func (s *source) danglingHint(all []danglingRef) string {
	var near nameList
	for _, d := range all[:min(len(all), maxNamesListed)] {
		if name := nearest.Of(d.name, s.referable()); name != "" {
			near.addShown(MaskTokens(name))
		}
	}
	if near.len() == 0 {
		return "name a key of this file or of Prefect's own settings; case matters"
	}
	return fmt.Sprintf("the nearest %s %s; case matters", plural(near.len(), "key is", "keys are"), near.String())
}

// referable returns the names that a reference may have meant: of settings in the file, and
// of the defaults.
func (s *source) referable() []string {
	if s.cachedReferable != nil {
		return s.cachedReferable
	}
	defaults := catalogueOf(s.opts.Version).defaultNames()
	if len(s.doc.Nodes) <= maxNodesSearched {
		for _, v := range s.settings() {
			s.cachedReferable = append(s.cachedReferable, v.name)
		}
	}
	s.cachedReferable = append(s.cachedReferable, defaults...)
	return s.cachedReferable
}

// maxNodesSearched is how many nodes a file may have for its names to be suggested.
const maxNodesSearched = 1000
