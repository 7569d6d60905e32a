package check

import (
	"iter"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// setting is a value outside arrays, or an array of tables. Prefect does not look into
// arrays.
type setting struct {
	tomlpos.Value
	path   []string
	name   string           // the path with dots
	str    string           // the value of a string; the TOML text of any other value
	secret bool             // below [context.secrets]
	known  *release.Setting // of this name, or nil

	misplaced int    // see misplacedTable
	place     string // the same

	isTableList bool // begun by a [[header]], which is its position
}

// settings returns the settings of a file, in the order of the text, and then its arrays
// of tables.
func (s *source) settings() []*setting {
	if s.cachedSettings != nil {
		return s.cachedSettings
	}
	n := 0
	for i := range s.doc.Values {
		if s.isSetting(&s.doc.Values[i]) {
			n++
		}
	}
	secrets, paths := s.nodesBelow("context", "secrets"), newPaths(s.doc, n)
	all := make([]setting, 0, n)
	for _, v := range s.doc.Values {
		if s.isSetting(&v) {
			path, name := paths.of(v.Node)
			all = append(all, setting{Value: v, path: path, name: name, str: s.doc.String(v), secret: secrets[v.Node]})
		}
	}
	all = append(all, s.tableLists(paths)...)
	s.cachedSettings = make([]*setting, len(all))
	for i := range all {
		v := &all[i]
		v.known = release.SettingOf(v.name)
		v.misplaced, v.place = misplacedTable(v.path)
		s.cachedSettings[i] = v
	}
	return s.cachedSettings
}

func (s *source) isSetting(v *tomlpos.Value) bool {
	return !s.doc.Nodes[v.Node].InList && v.Kind != tomlpos.InlineTable
}

// tableLists returns the arrays of tables that [[headers]] begin, each as a setting at
// its first header.
func (s *source) tableLists(paths *paths) (lists []setting) {
	var isValue []bool
	for i := range s.doc.Nodes {
		n := &s.doc.Nodes[i]
		if n.Index != 0 || s.doc.Nodes[n.Parent].InList {
			continue
		}
		if isValue == nil {
			isValue = make([]bool, len(s.doc.Nodes))
			for _, v := range s.doc.Values {
				isValue[v.Node] = true
			}
		}
		if isValue[n.Parent] {
			continue
		}
		key, _ := s.doc.FirstKey(n.Parent)
		path, name := paths.of(n.Parent)
		value := tomlpos.Value{Node: n.Parent, Kind: tomlpos.Array, Start: key.Start, End: key.End}
		lists = append(lists, setting{Value: value, path: path, name: name, str: "[{}]", isTableList: true})
	}
	return lists
}

// interpolated returns the settings that are strings with a $ in them.
func (s *source) interpolated() []*setting {
	if s.cachedInterpolated == nil {
		s.cachedInterpolated = []*setting{}
		for v := range s.stringSettings() {
			if strings.Contains(v.str, "$") {
				s.cachedInterpolated = append(s.cachedInterpolated, v)
			}
		}
	}
	return s.cachedInterpolated
}

// stringSettings returns the settings that are strings.
func (s *source) stringSettings() iter.Seq[*setting] {
	return func(yield func(*setting) bool) {
		for _, v := range s.settings() {
			if v.Kind.IsString() && !yield(v) {
				return
			}
		}
	}
}

// paths makes the paths of nodes. All share the memory of one list, and their names that
// of one string.
type paths struct {
	doc   *tomlpos.Document
	parts []string
	names strings.Builder
}

// newPaths returns the maker of about n paths.
func newPaths(doc *tomlpos.Document, n int) *paths {
	p := &paths{doc: doc, parts: make([]string, 0, 3*n)}
	p.names.Grow(24 * n)
	return p
}

// of returns the names that lead to a node, and these with dots between them.
func (p *paths) of(n tomlpos.NodeID) (path []string, name string) {
	first, start := len(p.parts), p.names.Len()
	p.parts = appendPath(p.parts, p.doc, n)
	path = slices.Clip(p.parts[first:])
	for i, part := range path {
		if i > 0 {
			p.names.WriteByte('.')
		}
		p.names.WriteString(part)
	}
	return path, p.names.String()[start:]
}

// path returns the names that lead to a node.
func (s *source) path(n tomlpos.NodeID) []string { return appendPath(nil, s.doc, n) }

// appendPath appends the names that lead to a node.
func appendPath(to []string, doc *tomlpos.Document, n tomlpos.NodeID) []string {
	depth := 0
	for up := n; up != tomlpos.Root; up = doc.Nodes[up].Parent {
		depth++
	}
	end := len(to) + depth
	to = slices.Grow(to, depth)[:end]
	for ; n != tomlpos.Root; n = doc.Nodes[n].Parent {
		end--
		to[end] = doc.Nodes[n].Name
	}
	return to
}

// finding returns a finding about a setting's value.
func (v *setting) finding(message, hint string) finding {
	return finding{message: message, hint: hint, node: v.Node, start: v.Start, end: v.End}
}

// label returns what messages call a setting.
func (s *source) label(v *setting) string {
	name := MaskTokens(s.doc.Path(v.Node))
	if v.secret {
		return "secret " + strings.TrimPrefix(name, "context.secrets.")
	}
	return name
}

// releasesWhere reports whether holds is true for one of the releases that the file
// is checked for. suffix ends a message with them, and is "" if they are all. holds
// may ask how a release reads a configuration, see [release.Version.Where].
func (s *source) releasesWhere(holds func(release.Version) bool) (suffix string, ok bool) {
	return inReleases(s.opts.Version.Where(holds))
}

// releasesStarted is releasesWhere for a question about how a release starts, see
// [release.Version.WhereStarted].
func (s *source) releasesStarted(holds func(release.Version) bool) (suffix string, ok bool) {
	return inReleases(s.opts.Version.WhereStarted(holds))
}

// releasesUsed is releasesWhere for a question about what a release does once it has
// started, see [release.Version.WhereUsed].
func (s *source) releasesUsed(holds func(release.Version) bool) (suffix string, ok bool) {
	return inReleases(s.opts.Version.WhereUsed(holds))
}

// inReleases returns the end of a message about some releases, such as " in 0.9.3 to
// 0.14.4". It is "" for all that a file is checked for. ok is false for none.
func inReleases(spans []release.Span, all bool) (suffix string, ok bool) {
	if all || len(spans) == 0 {
		return "", all
	}
	names := make([]string, len(spans))
	for i, span := range spans {
		names[i] = span.String()
	}
	return " in " + strings.Join(names, " and "), true
}

// lookup returns the node that a dotted name leads to.
func (s *source) lookup(name string) (tomlpos.NodeID, bool) {
	node := tomlpos.Root
	for part := range strings.SplitSeq(name, ".") {
		next, ok := s.doc.Child(node, part)
		if !ok {
			return tomlpos.Root, false
		}
		node = next
	}
	return node, true
}
