package check

import (
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// setting is a value that Prefect takes for one of its settings: it stands in no
// array, whose contents Prefect leaves alone.
type setting struct {
	tomlpos.Value
	path   []string
	name   string // the path with dots
	str    string // what a text means; of another value it is how it is written
	secret bool   // below [context.secrets]
}

// settings are the settings of a file, in the order of the text.
func (s *source) settings() []setting {
	if s.cachedSettings != nil {
		return s.cachedSettings
	}
	secrets := s.nodesBelow("context", "secrets")
	s.cachedSettings = make([]setting, 0, len(s.doc.Values))
	for _, v := range s.doc.Values {
		if s.doc.Nodes[v.Node].InList || v.Kind == tomlpos.InlineTable {
			continue
		}
		path := s.path(v.Node)
		s.cachedSettings = append(s.cachedSettings, setting{v, path, strings.Join(path, "."), s.doc.String(v), secrets[v.Node]})
	}
	return s.cachedSettings
}

// withDollar are the settings that are texts with a $ in them.
func (s *source) interpolated() []setting {
	if s.cachedInterpolated == nil {
		s.cachedInterpolated = filter(s.stringSettings(), func(v setting) bool { return strings.Contains(v.str, "$") })
	}
	return s.cachedInterpolated
}

// texts are the settings that are texts.
func (s *source) stringSettings() []setting {
	if s.cachedStrings == nil {
		s.cachedStrings = filter(s.settings(), func(v setting) bool { return v.Kind.IsString() })
	}
	return s.cachedStrings
}

// pick is never nil.
func filter(from []setting, is func(setting) bool) []setting {
	picked := make([]setting, 0, len(from))
	for _, v := range from {
		if is(v) {
			picked = append(picked, v)
		}
	}
	return picked
}

// path is the names that lead to a node.
func (s *source) path(n tomlpos.NodeID) []string {
	var names []string
	for ; n != tomlpos.Root; n = s.doc.Nodes[n].Parent {
		names = append(names, s.doc.Nodes[n].Name)
	}
	slices.Reverse(names)
	return names
}

// about makes a finding about a setting's value.
func (v setting) finding(message, hint string) finding {
	return finding{message: message, hint: hint, node: v.Node, start: v.Start, end: v.End}
}

// label is how a message calls a setting.
func (s *source) label(v setting) string {
	name := MaskTokens(s.doc.Path(v.Node))
	if v.secret {
		return "secret " + strings.TrimPrefix(name, "context.secrets.")
	}
	return name
}

// versions are the releases that are asked about.
func (s *source) releases() []release.Version {
	return s.opts.Version.Releases()
}

// which are the releases of those asked about for which holds is true, and the
// words for them: none if it is all of several or the only one.
func (s *source) releasesWhere(holds func(release.Version) bool) (words string, some bool) {
	var names []string
	all := s.releases()
	for _, v := range all {
		if holds(v) {
			names = append(names, "Prefect "+v.String())
		}
	}
	if len(names) == len(all) {
		return "", len(names) > 0
	}
	return " in " + strings.Join(names, " and "), len(names) > 0
}

// lookup is the node that a dotted name leads to.
func (s *source) lookup(name string) (tomlpos.NodeID, bool) {
	node := tomlpos.Root
	for _, part := range strings.Split(name, ".") {
		next, ok := s.doc.Child(node, part)
		if !ok {
			return tomlpos.Root, false
		}
		node = next
	}
	return node, true
}

// env is the environment at hand by name; known is false if there is none.
func (s *source) env() (values map[string]bool, known bool) {
	if s.opts.Env == nil {
		return nil, false
	}
	if s.cachedEnv == nil {
		s.cachedEnv = make(map[string]bool, len(s.opts.Env))
		for _, entry := range s.opts.Env {
			name, _, _ := strings.Cut(entry, "=")
			s.cachedEnv[name] = true
		}
	}
	return s.cachedEnv, true
}
