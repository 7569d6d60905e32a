package pysource

import (
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// value is what an expression is known to be: of the fields at most one is set.
type value struct {
	isText  bool
	text    string // if isText
	path    string // something of Prefect's, or of functools
	inert   bool   // None, a boolean or a number
	written *node  // a list or a dict
}

const (
	longestText = 4 << 10 // bytes of a text that may be a name
	longestWay  = 100     // names that lead from one to the next
)

// reader finds the secrets in what was parsed.
type reader struct {
	*parser
	module *Module
	calls  map[*node]int // of Secret("A"): which of the reads it is
	limit  int           // see Module.limit
	way    int
}

// value says what an expression is known to be: nothing, while that is being
// found out.
func (r *reader) value(n *node) value {
	if n == nil || n.end > r.limit || r.way > longestWay {
		return value{}
	}
	if n.value == nil {
		n.value = &value{}
		r.way++
		*n.value = r.compute(n)
		r.way--
	}
	return *n.value
}

func (r *reader) compute(n *node) value {
	switch n.kind {
	case nodeInert:
		return value{inert: true}
	case nodeName:
		return r.nameValue(n)
	case nodeText:
		return literal(r.src[n.start:n.end])
	case nodePart:
		return r.partValue(n)
	case nodeStrings, nodeFormat, nodeSum:
		return r.joined(n.items)
	case nodeEither:
		return r.eitherValue(n)
	case nodeList, nodeDict:
		return value{written: n}
	case nodeAttr:
		return r.within(n.base, n.name)
	case nodeIndex:
		return r.indexValue(n)
	case nodeCall:
		return r.callValue(n)
	}
	return value{}
}

// nameValue follows a name. A text it is only if the name has one meaning in its
// scope; of several meanings Prefect's counts.
func (r *reader) nameValue(n *node) value {
	scope, all := n.scope.lookup(n.name)
	if scope == nil {
		return value{path: r.starred(n.name)}
	}
	if len(all) == 1 && all[0].value != nil {
		return r.value(all[0].value)
	}
	found := reaching(all, n.token, n.scope.runner() == scope.runner())
	for i := len(found) - 1; i >= 0; i-- {
		if path := found[i].path; path != "" {
			return value{path: path}
		}
		if path := r.value(found[i].value).path; path != "" {
			return value{path: path}
		}
	}
	return value{}
}

// starred is the path of a name that nothing binds, if a module of Prefect's was
// imported with a star.
func (r *reader) starred(name string) string {
	for _, module := range r.stars {
		if path := join(module, name); classes[path] != "" || isContext(path) {
			return path
		}
	}
	if len(r.stars) > 0 {
		return join(r.stars[0], name)
	}
	return ""
}

// literal is the value of one text as written.
func literal(source string) value {
	if len(source) > longestText {
		return value{}
	}
	parsed, err := pyliteral.Parse(source)
	text, ok := parsed.(string)
	if err != nil || !ok || !utf8.ValidString(text) {
		return value{}
	}
	return value{isText: true, text: text}
}

var braces = strings.NewReplacer("{{", "{", "}}", "}")

// partValue is that of a literal part of an f-string, as a text by itself.
func (r *reader) partValue(n *node) value {
	if n.end-n.start > longestText {
		return value{}
	}
	opening := r.textOf(r.tokens[n.token])
	quotes := strings.TrimLeft(opening, "rRfF")
	prefix := ""
	if strings.ContainsAny(opening, "rR") {
		prefix = "r"
	}
	return literal(prefix + quotes + braces.Replace(r.src[n.start:n.end]) + quotes)
}

// joined is the text that all items make together, if each is one.
func (r *reader) joined(items []*node) value {
	var b strings.Builder
	for _, item := range items {
		v := r.value(item)
		if !v.isText || b.Len()+len(v.text) > longestText {
			return value{}
		}
		b.WriteString(v.text)
	}
	return value{isText: true, text: b.String()}
}

// eitherValue is about context.secrets or {}: what is Prefect's of the items.
func (r *reader) eitherValue(n *node) value {
	for _, item := range n.items {
		if path := r.value(item).path; path != "" {
			return value{path: path}
		}
	}
	return value{}
}

// within is what a name leads to within something of Prefect's.
func (r *reader) within(base *node, name string) value {
	path := r.value(base).path
	if path == "" {
		return value{}
	}
	return value{path: join(path, name)}
}

// indexValue is what a text between brackets leads to.
func (r *reader) indexValue(n *node) value {
	base := r.value(n.base)
	if base.path == "" || base.path == opaque || len(n.items) == 0 {
		return value{path: base.path}
	}
	key := r.value(n.items[0])
	if !key.isText {
		return value{}
	}
	return r.within(n.base, key.text)
}

func (r *reader) callValue(n *node) value {
	path := r.callee(n)
	if context, ok := strings.CutSuffix(path, ".get"); ok && isContext(context) {
		key, _ := n.argument(0, "")
		return value{path: join(context, r.value(key).text)}
	}
	if !isPrefect(path) {
		return value{}
	}
	return value{path: opaque}
}

// callee is the path of what is called, in a call of functools.partial that of its
// first argument.
func (r *reader) callee(n *node) string {
	path := r.value(n.base).path
	if path == partial {
		first, _ := n.argument(0, "")
		return r.value(first).path
	}
	return path
}
