package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Manifest checks the text of a manifest, prefect-secrets.toml. It reports the
// problems that its reader found, by the rule manifest, what is not TOML, what looks
// like a credential, and invalid ignore comments. No rule about Prefect's
// configuration applies. The name is only for the diagnostics, which are sorted by
// position. As in a configuration, frames mask every value except booleans and
// references.
func Manifest(name string, text []byte, problems []tomlfile.Problem) []Diagnostic {
	s := newSource(name, string(text))
	s.isManifest = true
	s.tokens = s.manifestTokens()
	s.readerProblems, s.rules, s.listRules = problems, manifestRules, func() []Rule { return rulesOf(manifestRules) }
	return s.diagnose()
}

// checkReaderProblems reports what the manifest's reader found.
func checkReaderProblems(s *source, report func(finding)) {
	for _, p := range s.readerProblems {
		names := s.path(p.Node)
		message, hint := maskNames(p.Message, names), maskNames(p.Hint, names)
		report(finding{message: MaskTokens(message), hint: MaskTokens(hint), node: p.Node, start: p.Start, end: p.End})
	}
}

// checkManifestSyntax is checkSyntax without its hint, which is about Prefect.
func checkManifestSyntax(s *source, report func(finding)) {
	if s.parses() {
		return
	}
	f := s.syntaxFinding()
	f.hint = ""
	report(f)
}

// checkPasted reports what looks like a credential, whatever its key: in a manifest,
// the value under a name such as password is a name, too. Findings are errors, since
// plan and sync print what a manifest says.
func checkPasted(s *source, report func(finding)) {
	reportError := func(f finding) { f.severity = SeverityError; report(f) }
	for _, v := range s.doc.Values {
		if kind := s.tokenKindIn(span{v.Start, v.End}); kind != "" && !v.Kind.IsContainer() {
			reportError(finding{
				message: s.plaintextMessage(v.Node, false, kind),
				hint:    "a manifest has names of secrets and no values: remove it, and revoke it where it was issued",
				node:    v.Node,
				start:   v.Start,
				end:     v.End,
			})
		}
	}
	s.checkTokens(reportError)
}

// manifestTokens returns the tokens of a manifest: those in its text, and the keys
// and strings that look like a pasted value.
func (s *source) manifestTokens() []token {
	if !s.parses() {
		return s.tokens
	}
	tokens := slices.Clone(s.tokens)
	for _, key := range s.doc.Keys {
		if kind := credentialKind(s.doc.Nodes[key.Node].Name); kind != "" {
			tokens = append(tokens, token{span{key.Start, key.End}, kind})
		}
	}
	for _, v := range s.doc.Values {
		if kind := s.pastedKind(v); kind != "" {
			tokens = append(tokens, token{span{v.Start, v.End}, kind})
		}
	}
	slices.SortStableFunc(tokens, func(a, b token) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	return dropOverlaps(tokens)
}

// pastedKind returns what kind of pasted value v looks like, or "".
func (s *source) pastedKind(v tomlpos.Value) string {
	switch {
	case !v.Kind.IsString():
		return ""
	case isCIName(s.path(v.Node)):
		return PastedKind(s.doc.String(v))
	default:
		return credentialKind(s.doc.String(v))
	}
}

// isCIName reports whether a path is that of a CI name: names.NAME or
// names.NAME.from, at the top or in an environment.
func isCIName(path []string) bool {
	if len(path) > 2 && path[0] == "environments" {
		path = path[2:]
	}
	return len(path) > 1 && path[0] == "names" && (len(path) == 2 || len(path) == 3 && path[2] == "from")
}

// maskNames masks, in a text, those names that look like credentials.
func maskNames(text string, names []string) string {
	for _, name := range names {
		if credentialKind(name) != "" {
			text = strings.ReplaceAll(text, strings.Trim(tomlpos.QuoteKey(name), `"`), mask)
			text = strings.ReplaceAll(text, name, mask)
		}
	}
	return text
}

// maskedPath returns a node's path without credentials.
func (s *source) maskedPath(n tomlpos.NodeID) string {
	if n == s.lastMasked.node {
		return s.lastMasked.path
	}
	path := s.doc.Path(n)
	if s.isManifest {
		path = maskNames(path, s.path(n))
	}
	s.lastMasked = maskedNode{n, MaskTokens(path)}
	return s.lastMasked.path
}

// maskedNode is a node and its path without credentials. The zero value is right for
// the root, whose path is empty.
type maskedNode struct {
	node tomlpos.NodeID
	path string
}
