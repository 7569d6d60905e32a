package check

import (
	"fmt"
	"regexp"
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

// isSensitiveKey reports whether a key holds a credential. Of Prefect's own settings
// that are api_key and auth_token under [cloud], auth_token under [cloud.agent],
// password under [server.database] and admin_secret under [server.hasura].
func isSensitiveKey(key string) bool {
	key = snakeCase(key)
	if sensitiveKeys[key] {
		return true
	}
	for _, suffix := range []string{"_password", "_passphrase", "_token", "_api_key", "_secret_key", "_private_key"} {
		if strings.HasSuffix(key, suffix) {
			return true
		}
	}
	return false
}

// snakeCase returns a key in small letters with underscores: client_secret for
// clientSecret.
func snakeCase(key string) string {
	key = camelBoundary.ReplaceAllString(key, "${1}_${2}")
	return strings.ReplaceAll(strings.ToLower(key), "-", "_")
}

var camelBoundary = regexp.MustCompile(`([a-z])([A-Z])`)

// sensitiveKeys match exactly: a key such as credentials_secret names a secret of
// Prefect's and does not hold one.
var sensitiveKeys = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "pwd": true,
	"token": true, "api_key": true, "apikey": true, "secret_key": true, "private_key": true,
	"secret": true, "admin_secret": true, "client_secret": true, "api_secret": true,
	"secret_access_key": true, "access_token_secret": true, "credentials": true,
}
