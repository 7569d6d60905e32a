package check

import (
	"sort"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// checkPlaintext reports secrets in the file itself: values under [context.secrets],
// or a table that seems to be meant for it, under a sensitive key, or that look like a
// credential. It reports each key once.
func checkPlaintext(s *source, report func(finding)) {
	p := newPlaintexts(s)
	reported := map[tomlpos.NodeID]bool{}
	s.told = map[tomlpos.NodeID]bool{}
	for _, v := range s.doc.Values {
		named := s.namedNode(v.Node)
		if v.Kind.IsContainer() || reported[named] || s.failing[v.Node] && s.isSecretsTable(v.Node) {
			continue
		}
		kind := p.kindOf(v)
		if kind == "" && !p.isPlaintext(v, named) {
			continue
		}
		reported[named] = true
		f := finding{
			message: s.plaintextMessage(v.Node, p.secrets[v.Node], kind),
			hint:    p.hint(named),
			node:    v.Node,
			start:   v.Start,
			end:     v.End,
		}
		if effect := p.dollarIn(v); effect != "" && !s.suppresses(plaintextRule.Name, f) {
			f.message += ", and has a $ in it: " + effect
			f.hint += "; Prefect expands a $ in the value of a variable as well"
			s.told[v.Node] = true
		}
		report(f)
	}
	s.checkTokens(func(f finding) {
		if !isPlaceholder(s.doc.Text[f.start:f.end]) {
			report(f)
		}
	})
}

// dollarIn returns what Prefect does with a $ in a secret, or "". It expands nothing
// inside an array.
func (p plaintexts) dollarIn(v tomlpos.Value) string {
	if !v.Kind.IsString() || p.doc.Nodes[v.Node].InList {
		return ""
	}
	return literalDollar(p.doc.String(v))
}

// plaintexts finds the values of a config that are secrets.
type plaintexts struct {
	*source
	secrets   []bool // by node: below [context.secrets]
	misplaced []bool // by node: below a table that is meant for it
	partial   []bool // by node: a table with a reference in it

	misplacedTops map[tomlpos.NodeID]bool
	namesakes     func() map[string]int // how many keys a variable is proposed for
}

func newPlaintexts(s *source) plaintexts {
	p := plaintexts{source: s, secrets: s.nodesBelow("context", "secrets"), partial: make([]bool, len(s.doc.Nodes))}
	p.misplaced, p.misplacedTops = s.misplacedSecrets()
	p.namesakes = sync.OnceValue(s.countVariables)
	for _, v := range s.doc.Values {
		if n := s.doc.Nodes[v.Node]; v.Kind.IsString() && !n.InList && refers(s.doc.String(v)) {
			p.partial[n.Parent] = true
		}
	}
	return p
}

// kindOf returns what a value looks like whatever its key is, or "".
func (p plaintexts) kindOf(v tomlpos.Value) string {
	for i := p.tokenAt(v.Start); i < len(p.tokens) && p.tokens[i].start < v.End; i++ {
		if t := p.tokens[i]; !isPlaceholder(p.doc.Text[t.start:t.end]) {
			return t.kind
		}
	}
	if !v.Kind.IsString() {
		return ""
	}
	return passwordKind(p.doc.String(v))
}

// isPlaintext reports whether a value is a secret because of its key, or of a key
// inside the object that it is.
func (p plaintexts) isPlaintext(v tomlpos.Value, named tomlpos.NodeID) bool {
	key, str := p.doc.Nodes[named].Name, p.doc.String(v)
	inSecrets := p.secrets[v.Node] || p.misplaced[v.Node]
	switch {
	case v.Kind.IsString():
	case inSecrets:
		return !(p.isPartial(named) && !IsSecretKey(key))
	default:
		return v.Kind == tomlpos.Integer && isSensitiveKey(key) && isNumberSecret(key, p.doc.Text[v.Start:v.End])
	}
	switch {
	case str == shippedPassword && p.doc.Path(v.Node) == "server.database.password":
		return false
	case inSecrets:
		return isLiteral(key, str) && !(p.isPartial(named) && isPublicPart(key, str))
	case isSensitiveKey(key):
		return isLiteralSecret(key, str)
	}
	return holdsSecret(str)
}

// shippedPassword is the password of the database in the config.toml of every release
// from 0.10.0 to 1.4.1, which everybody knows.
const shippedPassword = "test-password"

// isSecretsTable reports whether a node is [context.secrets].
func (s *source) isSecretsTable(n tomlpos.NodeID) bool {
	table := s.doc.Nodes[n]
	parent := s.doc.Nodes[table.Parent]
	return table.Name == "secrets" && parent.Name == "context" && parent.Parent == tomlpos.Root
}

// isPartial reports whether a node is a part of a secret that has a reference beside
// it.
func (p plaintexts) isPartial(named tomlpos.NodeID) bool {
	parent := p.doc.Nodes[named].Parent
	inSecrets := p.secrets[parent] || p.misplaced[parent]
	return p.partial[parent] && inSecrets && !p.misplacedTops[parent] && !p.isSecretsTable(parent)
}

// isLiteral reports whether a string stands for itself: it is not empty, a reference
// or a placeholder.
func isLiteral(key, str string) bool {
	return str != "" && !refers(str) && !isPlaceholder(str) && !isStandIn(str) && !isExampleURL(str) && !repeatsKey(key, str)
}

// isLiteralSecret reports whether a string under a sensitive key is the secret
// itself, and not the file, the address or the flag that tells where it is.
func isLiteralSecret(key, str string) bool {
	if !isLiteral(key, str) || isPath(str) || isFlag(str) || isKeyFile(key, str) {
		return false
	}
	isAddress := strings.Contains(str, "://") || connectionKey().MatchString(snakeCase(key)) && strings.Contains(str, "=")
	return !isAddress || passwordKind(str) != "" || isRandom(str)
}

// isNumberSecret reports whether a whole number under a sensitive key can be the secret:
// a PIN or a password of digits, and not how many tokens there may be.
func isNumberSecret(key, digits string) bool {
	return len(digits) >= 3 && !countKey().MatchString(snakeCase(key))
}

var countKey = lazyregexp.New(`(^|_)(max|min|num|number|n|count|limit|total|per|length|size|ttl|rate|expires?|expiry|timeout)(_|$)`)

// connectionKey matches a key whose value is a connection string, which may be without
// a password.
var connectionKey = lazyregexp.New(`(^|_)conn(ect|ection)?_?str(ing)?$`)

// namedNode returns the node itself or, for an element of an array, the nearest
// parent with a name.
func (s *source) namedNode(n tomlpos.NodeID) tomlpos.NodeID {
	for s.doc.Nodes[n].Index >= 0 && n != tomlpos.Root {
		n = s.doc.Nodes[n].Parent
	}
	return n
}

// tokenAt returns the index of the first token that begins at an offset or after it.
func (s *source) tokenAt(offset int) int {
	return sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].start >= offset })
}

// tokenKindIn returns the kind of the first token within a span, or "".
func (s *source) tokenKindIn(within span) string {
	if i := s.tokenAt(within.start); i < len(s.tokens) && s.tokens[i].start < within.end {
		return s.tokens[i].kind
	}
	return ""
}

func (s *source) plaintextMessage(n tomlpos.NodeID, secret bool, kind string) string {
	message := s.maskedPath(n)
	if secret {
		message = "secret " + strings.TrimPrefix(message, "context.secrets.")
	}
	message += " is in the file in plain text"
	if kind != "" {
		message += ", and looks like " + kind
	}
	return message
}

// hint returns how to take a secret out of the file.
func (p plaintexts) hint(named tomlpos.NodeID) string {
	n := p.doc.Nodes[named]
	if n.InList || p.isList(named) {
		return "Prefect expands no $NAME inside an array: remove it from the array, or write it to the store with prefect-secrets sync"
	}
	key := MaskTokens(tomlpos.QuoteKey(p.unreserved(n.Name)))
	variable := variableFor(key)
	if n.Parent != tomlpos.Root && !p.isSecretsTable(n.Parent) && p.namesakes()[variable] > 1 {
		variable = variableFor(MaskTokens(p.doc.Nodes[n.Parent].Name + "_" + n.Name))
	}
	toStore, nameCase := "", ""
	if p.secrets[named] {
		toStore = "; or remove it and write it to the store with prefect-secrets sync"
	}
	if p.isSecretsTable(n.Parent) && p.mayChangeCase(n.Name) {
		nameCase = documentedCase
	}
	return "name an environment variable instead: " + key + ` = "$` + variable + `"` + toStore + nameCase
}

// unreserved returns a name, or what the rule reserved-key proposes in its place.
func (s *source) unreserved(name string) string {
	if s.opts.Version.Reserves(name) {
		return unreservedName(name)
	}
	return name
}

// countVariables returns how many keys of the file lead to each variable.
func (s *source) countVariables() map[string]int {
	count := map[string]int{}
	for i, n := range s.doc.Nodes {
		if id := tomlpos.NodeID(i); id != tomlpos.Root && n.Index < 0 && !s.isTable(id) {
			count[variableFor(n.Name)]++
		}
	}
	return count
}

// isList reports whether a node has elements.
func (s *source) isList(n tomlpos.NodeID) bool {
	next := int(n) + 1
	return next < len(s.doc.Nodes) && s.doc.Nodes[next].Parent == n && s.doc.Nodes[next].Index >= 0
}

// variableFor returns the name of an environment variable for the value of a key, which
// no shell sets for a purpose of its own.
func variableFor(key string) string {
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '_'
	}, strings.Trim(key, `"`))
	name = strings.ToUpper(strings.Trim(name, "_"))
	switch {
	case name == "":
		return "SECRET"
	case strings.Contains(digits, name[:1]), isShellVariable(name):
		return "SECRET_" + name
	}
	return name
}

// checkTokens reports credentials in comments and keys.
func (s *source) checkTokens(report func(finding)) {
	const hint = "remove it from the file, and revoke it where it was issued"
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
