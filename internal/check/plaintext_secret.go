package check

import (
	"fmt"
	"sort"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkPlaintext reports secrets in the file itself: values under [context.secrets],
// under a sensitive key, or that look like a credential. It reports each key once.
func checkPlaintext(s *source, report func(finding)) {
	secrets := s.nodesBelow("context", "secrets")
	reported := map[tomlpos.NodeID]bool{}
	for _, v := range s.doc.Values {
		named := s.namedNode(v.Node)
		kind := s.tokenKindIn(span{v.Start, v.End})
		if v.Kind.IsContainer() || reported[named] || kind == "" && !s.isPlaintext(v, named, secrets[v.Node]) {
			continue
		}
		reported[named] = true
		report(finding{
			message: s.plaintextMessage(v.Node, secrets[v.Node], kind),
			hint:    s.plaintextHint(named, secrets[v.Node]),
			node:    v.Node,
			start:   v.Start,
			end:     v.End,
		})
	}
	s.checkTokens(report)
}

// isPlaintext reports whether a value is a secret because of its key, and is not
// empty, a reference or a template.
func (s *source) isPlaintext(v tomlpos.Value, named tomlpos.NodeID, secret bool) bool {
	if !secret && (!v.Kind.IsString() || !isSensitiveKey(s.doc.Nodes[named].Name)) {
		return false
	}
	str := s.doc.String(v)
	return str != "" && !isReference(str) && !isTemplate(str)
}

// namedNode returns the node itself or, for an element of an array, the nearest
// parent with a name.
func (s *source) namedNode(n tomlpos.NodeID) tomlpos.NodeID {
	for s.doc.Nodes[n].Index >= 0 && n != tomlpos.Root {
		n = s.doc.Nodes[n].Parent
	}
	return n
}

// tokenKindIn returns the kind of the first token within a span, or "".
func (s *source) tokenKindIn(within span) string {
	i := sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].start >= within.start })
	if i < len(s.tokens) && s.tokens[i].start < within.end {
		return s.tokens[i].kind
	}
	return ""
}

func (s *source) plaintextMessage(n tomlpos.NodeID, secret bool, kind string) string {
	message := s.maskedPath(n) + " stands here in plain text"
	if secret {
		message = "secret " + strings.TrimPrefix(message, "context.secrets.")
	}
	if kind != "" {
		message += ", and looks like " + kind
	}
	return message
}

// plaintextHint returns how to take a secret out of the file.
func (s *source) plaintextHint(named tomlpos.NodeID, secret bool) string {
	n := s.doc.Nodes[named]
	if n.InList || s.isList(named) {
		return "Prefect expands no $NAME inside an array: take it out of the array, or put it into the store with prefect-secrets sync"
	}
	key := MaskTokens(tomlpos.QuoteKey(n.Name))
	hint := fmt.Sprintf(`name an environment variable instead: %s = "$%s"`, key, variableFor(key))
	if secret {
		hint += "; or take it out and put it into the store with prefect-secrets sync"
	}
	if s.doc.Path(n.Parent) == "context.secrets" && n.Name != release.EnvironmentName(n.Name) {
		hint += documentedCase
	}
	return hint
}

// isList reports whether a node has elements.
func (s *source) isList(n tomlpos.NodeID) bool {
	next := int(n) + 1
	return next < len(s.doc.Nodes) && s.doc.Nodes[next].Parent == n && s.doc.Nodes[next].Index >= 0
}

// variableFor returns the name of an environment variable for the value of a key.
func variableFor(key string) string {
	name := strings.Map(func(r rune) rune {
		if r < 0x80 && strings.ContainsRune(alphanumeric, r) {
			return r
		}
		return '_'
	}, strings.Trim(key, `"`))
	name = strings.ToUpper(strings.Trim(name, "_"))
	switch {
	case name == "":
		return "NAME"
	case strings.Contains(digits, name[:1]):
		return "SECRET_" + name
	}
	return name
}

// checkTokens reports credentials in comments and keys.
func (s *source) checkTokens(report func(finding)) {
	const hint = "take it out of the file and have its issuer revoke it"
	for _, t := range s.tokens {
		if s.inComment(t.start) {
			report(finding{message: "this comment holds what looks like " + t.kind, hint: hint, start: t.start, end: t.end})
		}
		if i := s.keyAt(t.start); i < len(s.doc.Keys) && s.doc.Keys[i].Start <= t.start {
			report(finding{message: "this key holds what looks like " + t.kind, hint: hint, node: s.doc.Keys[i].Node, start: t.start, end: t.end})
		}
	}
}

func (s *source) inComment(offset int) bool {
	comments := s.doc.Comments
	i := sort.Search(len(comments), func(i int) bool { return comments[i].End > offset })
	return i < len(comments) && comments[i].Start <= offset
}
