package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Manifest checks the text of a manifest, prefect-secrets.toml: the problems that
// its reader found come out at their places, by the rule manifest; beside them
// what is not TOML, what looks like a credential, and ignore comments that are not
// right. No rule about Prefect's configuration applies. The name is for the
// diagnostics only, which come sorted by position. Frames mask what they do in a
// configuration: every value but booleans and references.
func Manifest(name string, text []byte, problems []tomlfile.Problem) []Diagnostic {
	s := newSource(name, string(text))
	s.isManifest = true
	s.tokens = s.manifestTokens()
	s.readerProblems, s.rules, s.listRules = problems, manifestRules, func() []Rule { return rulesOf(manifestRules) }
	return s.diagnose()
}

// checkReported reports what the manifest's reader found.
func checkReaderProblems(s *source, report func(finding)) { s.reportProblems(s.readerProblems, report) }

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
	report := func(f finding) { f.severity = SeverityError; found(f) }
	for _, v := range s.doc.Values {
		if what := s.tokenKindIn(span{v.Start, v.End}); what != "" && !v.Kind.IsContainer() {
			report(finding{
				message: s.plaintextMessage(v.Node, false, what), hint: "a manifest names secrets and holds none: take it out and have its issuer revoke it",
				node: v.Node, start: v.Start, end: v.End,
			})
		}
	}
	s.checkTokens(report)
}

// problems makes a finding of each problem.
func (s *source) reportProblems(problems []tomlfile.Problem, report func(finding)) {
	for _, p := range problems {
		names := s.path(p.Node)
		message, hint := maskNames(p.Message, names), maskNames(p.Hint, names)
		report(finding{message: MaskTokens(message), hint: MaskTokens(hint), node: p.Node, start: p.Start, end: p.End})
	}
}

// withPasted returns the tokens of a manifest: those that the text itself shows, and
// the keys and strings that look like a pasted value.
func (s *source) manifestTokens() []token {
	if !s.parses() {
		return s.tokens
	}
	tokens := slices.Clone(s.tokens)
	for _, key := range s.doc.Keys {
		if what := credentialKind(s.doc.Nodes[key.Node].Name); what != "" {
			tokens = append(tokens, token{span{key.Start, key.End}, what})
		}
	}
	for _, v := range s.doc.Values {
		if what := s.pastedValue(v); what != "" {
			tokens = append(tokens, token{span{v.Start, v.End}, what})
		}
	}
	slices.SortStableFunc(tokens, func(a, b token) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	return dropOverlaps(tokens)
}

func (s *source) pastedValue(v tomlpos.Value) string {
	switch {
	case !v.Kind.IsString():
		return ""
	case isCIName(s.path(v.Node)):
		return PastedKind(s.doc.String(v))
	default:
		return credentialKind(s.doc.String(v))
	}
}

// isSourceName reports whether a path leads to a CI name: names.NAME, or from in it,
// of the manifest or of an environment.
func isCIName(path []string) bool {
	if len(path) > 2 && path[0] == "environments" {
		path = path[2:]
	}
	return len(path) > 1 && path[0] == "names" && (len(path) == 2 || len(path) == 3 && path[2] == "from")
}

// maskNames masks in text those of the names that look like credentials.
func maskNames(text string, names []string) string {
	for _, name := range names {
		if credentialKind(name) != "" {
			text = strings.ReplaceAll(text, strings.Trim(tomlpos.QuoteKey(name), `"`), mask)
			text = strings.ReplaceAll(text, name, mask)
		}
	}
	return text
}

// shownPath is a node's path, with no credential in it.
func (s *source) maskedPath(n tomlpos.NodeID) string {
	path := s.doc.Path(n)
	if s.isManifest {
		path = maskNames(path, s.path(n))
	}
	return MaskTokens(path)
}
