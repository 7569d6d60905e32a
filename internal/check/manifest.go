package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Problem is something that is wrong with a TOML file at a key, as whoever reads
// the file says it. Neither text may quote a value.
type Problem struct {
	Path    []string // the key that it is about
	Item    int      // the element of the list there, from 1; 0 means all of it
	Key     bool     // the key itself is wrong, and not its value
	Message string
	Hint    string // what to do about it
}

// Manifest checks the text of a manifest, prefect-secrets.toml: the problems that
// its reader found come out at their places, by the rule manifest; beside them
// what is not TOML, what looks like a credential, and ignore comments that are not
// right. No rule about Prefect's configuration applies. The name is for the
// diagnostics only, which come sorted by position. Frames mask what they do in a
// configuration: every value but booleans and references.
func Manifest(name string, text []byte, problems []Problem) []Diagnostic {
	s := read(name, string(text))
	s.manifest = true
	s.tokens = s.withPasted()
	s.reported, s.rules, s.list = problems, manifestRules, func() []Rule { return rulesOf(manifestRules) }
	return s.diagnose()
}

// checkReported reports what the manifest's reader found.
func checkReported(s *source, report func(finding)) { s.place(s.reported, report) }

// checkManifestSyntax is checkSyntax, but for what comes of it.
func checkManifestSyntax(s *source, report func(finding)) {
	checkSyntax(s, func(f finding) {
		f.hint = "prefect-secrets plan and sync stop here and change nothing"
		report(f)
	})
}

// checkPasted reports credentials by their shape alone: what stands in a manifest
// under a name such as password is a name, too. They are errors, since plan and sync
// show what a manifest says.
func checkPasted(s *source, found func(finding)) {
	report := func(f finding) { f.severity = Error; found(f) }
	for _, v := range s.doc.Values {
		if what := s.tokenIn(span{v.Start, v.End}); what != "" && !v.Kind.IsContainer() {
			report(finding{
				message: s.plaintextMessage(v.Node, false, what), hint: "a manifest names secrets and holds none: take it out and have its issuer revoke it",
				node: v.Node, start: v.Start, end: v.End,
			})
		}
	}
	s.checkTokens(report)
}

// place makes a finding of each problem.
func (s *source) place(problems []Problem, report func(finding)) {
	if len(problems) == 0 {
		return
	}
	at := newPlaces(s.doc)
	for _, p := range problems {
		node := at.node(p)
		where := at.span(node, p.Key)
		message, hint := maskNames(p.Message, p.Path), maskNames(p.Hint, p.Path)
		report(finding{message: maskTokens(message), hint: maskTokens(hint), node: node, start: where.start, end: where.end})
	}
}

// element is one of an array.
type element struct {
	array tomlpos.NodeID
	index int32
}

// places finds nodes and values of a document.
type places struct {
	doc      *tomlpos.Document
	elements map[element]tomlpos.NodeID
	values   map[tomlpos.NodeID]span
}

func newPlaces(doc *tomlpos.Document) places {
	at := places{doc, map[element]tomlpos.NodeID{}, map[tomlpos.NodeID]span{}}
	for id, n := range doc.Nodes {
		if n.Index >= 0 {
			at.elements[element{n.Parent, n.Index}] = tomlpos.NodeID(id)
		}
	}
	for _, v := range doc.Values {
		at.values[v.Node] = span{v.Start, v.End}
	}
	return at
}

// node is what a problem is about, or the nearest thing above it that there is.
func (at places) node(p Problem) tomlpos.NodeID {
	node := tomlpos.Root
	for _, name := range p.Path {
		next, ok := at.doc.Child(node, name)
		if !ok {
			return node
		}
		node = next
	}
	if next, ok := at.elements[element{node, int32(p.Item - 1)}]; ok {
		return next
	}
	return node
}

// span is where the value of a node stands, else its key.
func (at places) span(node tomlpos.NodeID, key bool) span {
	if value, ok := at.values[node]; ok && !key {
		return value
	}
	first, _ := at.doc.FirstKey(node)
	return span{first.Start, first.End}
}

// withPasted returns the tokens of a manifest: those that the text itself shows, and
// the keys and strings that look like a pasted value.
func (s *source) withPasted() []token {
	if !s.parses() {
		return s.tokens
	}
	tokens := slices.Clone(s.tokens)
	for _, key := range s.doc.Keys {
		if what := pasted(s.doc.Nodes[key.Node].Name); what != "" {
			tokens = append(tokens, token{span{key.Start, key.End}, what})
		}
	}
	for _, v := range s.doc.Values {
		if what := s.pastedValue(v); what != "" {
			tokens = append(tokens, token{span{v.Start, v.End}, what})
		}
	}
	slices.SortStableFunc(tokens, func(a, b token) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	return apart(tokens)
}

func (s *source) pastedValue(v tomlpos.Value) string {
	switch {
	case !v.Kind.IsString():
		return ""
	case isSourceName(s.path(v.Node)):
		return pastedName(s.doc.String(v))
	default:
		return pasted(s.doc.String(v))
	}
}

// isSourceName reports whether a path leads to a CI name: names.NAME, or from in it,
// of the manifest or of an environment.
func isSourceName(path []string) bool {
	if len(path) > 2 && path[0] == "environments" {
		path = path[2:]
	}
	return len(path) > 1 && path[0] == "names" && (len(path) == 2 || len(path) == 3 && path[2] == "from")
}

// maskNames masks in text those of the names that look like credentials.
func maskNames(text string, names []string) string {
	for _, name := range names {
		if pasted(name) != "" {
			text = strings.ReplaceAll(text, strings.Trim(tomlpos.QuoteKey(name), `"`), mask)
			text = strings.ReplaceAll(text, name, mask)
		}
	}
	return text
}

// shownPath is a node's path, with no credential in it.
func (s *source) shownPath(n tomlpos.NodeID) string {
	path := s.doc.Path(n)
	if s.manifest {
		path = maskNames(path, s.path(n))
	}
	return maskTokens(path)
}

// Pasted names the kind of value that a CI name in a flag looks like. It is empty for
// one that can be a name.
func Pasted(name string) string { return pastedName(name) }
