package pysource

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// value is what is certain about an expression. At most one of isString, path, constant
// and literal is set; the zero value is an expression about which nothing is certain.
type value struct {
	isString bool
	str      string // if isString
	path     string // of something in Prefect or functools; see importPath
	constant bool   // None, a boolean or a number
	literal  *node  // a list, a dict, a union of them, or a call of dict
	secret   *node  // of a path: the call that made the secret or the task
}

const (
	maxString     = 4 << 10 // bytes of a string that may be a name
	maxAliasDepth = 100     // names that lead from one to the next
)

// value returns what an expression is. It returns the zero value for one whose
// evaluation has begun and not ended, so that a cycle of names ends.
func (r *reader) value(n *node) value {
	if n == nil || n.end > r.limit || r.aliasDepth > maxAliasDepth {
		return value{}
	}
	if n.value == nil {
		n.value = &value{}
		r.aliasDepth++
		*n.value = r.compute(n)
		r.aliasDepth--
	}
	return *n.value
}

func (r *reader) compute(n *node) value {
	switch n.kind {
	case nodeConstant:
		return value{constant: true}
	case nodeName:
		return r.nameValue(n)
	case nodeString:
		return parseLiteral(r.src[n.start:n.end])
	case nodeFStringPart:
		return r.partValue(n)
	case nodeConcat, nodeFString, nodeSum:
		return r.concatValue(n.items)
	case nodeFormat:
		return r.formatValue(r.value(n.items[0]).str, "%s", n.items[1])
	case nodeOr:
		return r.orValue(n)
	case nodeList, nodeDict, nodeUnion:
		return value{literal: n}
	case nodeAttr:
		return r.attributeValue(n.base, n.name)
	case nodeIndex:
		return r.indexValue(n)
	case nodeCall:
		return r.callValue(n)
	case nodeClass:
		return r.classValue(n)
	case nodeEntered:
		if v := r.value(n.items[0]); v.path == flowPath || isContext(v.path) {
			return v
		}
	}
	return value{}
}

// nameValue follows a name to its bindings. A name with one binding is what that is;
// with several, only a path is certain enough.
func (r *reader) nameValue(n *node) value {
	scope, all := n.scope.lookup(n.name)
	if scope == nil {
		return value{path: r.starImportPath(n.name)}
	}
	if len(all) == 1 && all[0].value != nil {
		return r.value(all[0].value)
	}
	best := ""
	found := reachingBindings(all, n.token, n.scope.frame() == scope.frame())
	for i := len(found) - 1; i >= 0; i-- {
		path := found[i].path
		if path == "" {
			path = r.value(found[i].value).path
		}
		if leadsToSecrets(path) {
			return value{path: path}
		}
		best = cmp.Or(best, path)
	}
	return value{path: best}
}

// leadsToSecrets reports whether a path is one of the releases that have secrets, where a
// name may be imported from another one, too.
func leadsToSecrets(path string) bool { return secretClasses[path] != "" || isContext(path) }

// classValue returns what a class of the module inherits from Prefect: a Flow, or a Secret
// whose name and value come from where its base has them.
func (r *reader) classValue(class *node) value {
	own := func(method string) bool { return len(class.scope.bindings[method]) > 0 }
	for _, base := range class.items {
		path := r.value(base).path
		if slices.Contains(flowClasses, path) || secretClasses[path] != "" && !own("__init__") && !own("get") && !own("run") {
			return value{path: path}
		}
	}
	return value{}
}

// starImportPath returns the path of a name without bindings, if a module of
// Prefect's was imported with a star.
func (r *reader) starImportPath(name string) string {
	for _, module := range r.starImports {
		if path := join(module, name); secretClasses[path] != "" || isContext(path) {
			return path
		}
	}
	if len(r.starImports) > 0 && !builtins[name] {
		return join(r.starImports[0], name)
	}
	return ""
}

// builtins are the functions of Python that take any keyword arguments, and the classes of
// errors that handlers of a read name.
var builtins = map[string]bool{
	"dict": true, "print": true, "super": true, "type": true,
	"BaseException": true, "Exception": true, "AttributeError": true, "KeyError": true, "LookupError": true, "ValueError": true,
}

// parseLiteral returns the value of one string literal.
func parseLiteral(source string) value {
	if len(source) > maxString {
		return value{}
	}
	parsed, err := pyliteral.Parse(source)
	text, ok := parsed.(string)
	if err != nil || !ok || !utf8.ValidString(text) {
		return value{}
	}
	return value{isString: true, str: text}
}

var braces = strings.NewReplacer("{{", "{", "}}", "}")

// partValue returns the value of a literal part of an f-string, read as a string of
// its own.
func (r *reader) partValue(n *node) value {
	if n.end-n.start > maxString {
		return value{}
	}
	opening := r.textOf(r.tokens[n.token])
	quotes := strings.TrimLeft(opening, "rRfF")
	prefix := ""
	if strings.ContainsAny(opening, "rR") {
		prefix = "r"
	}
	return parseLiteral(prefix + quotes + braces.Replace(r.src[n.start:n.end]) + quotes)
}

// concatValue returns the string that all items make together, if each is a string.
func (r *reader) concatValue(items []*node) value {
	var b strings.Builder
	for _, item := range items {
		v := r.value(item)
		if !v.isString || b.Len()+len(v.str) > maxString {
			return value{}
		}
		b.WriteString(v.str)
	}
	return value{isString: true, str: b.String()}
}

// formatValue returns a template whose only field is a string, with that string in it.
func (r *reader) formatValue(template, field string, argument *node) value {
	v := r.value(argument)
	if list := v.literal; list != nil && list.kind == nodeList && len(list.items) == 1 {
		v = r.value(list.items[0])
	}
	before, after, ok := strings.Cut(template, field)
	if !ok || !v.isString || strings.ContainsAny(before+after, field[:1]+"}") || len(template)+len(v.str) > maxString {
		return value{}
	}
	return value{isString: true, str: before + v.str + after}
}

// orValue returns the item that has a path, as in context.secrets or {}.
func (r *reader) orValue(n *node) value {
	for _, item := range n.items {
		if path := r.value(item).path; path != "" {
			return value{path: path}
		}
	}
	return value{}
}

// attributeValue returns what a name leads to from base, if base has a path.
func (r *reader) attributeValue(base *node, name string) value {
	path := r.value(base).path
	if path == "" {
		return value{}
	}
	return value{path: join(path, name)}
}

// indexValue returns what a string between brackets leads to.
func (r *reader) indexValue(n *node) value {
	base := r.value(n.base)
	switch {
	case base.path == taskPath:
		return value{path: unknownPath}
	case base.path == "" || base.path == unknownPath || len(n.items) == 0:
		return value{path: base.path}
	}
	key := r.value(n.items[0])
	if !key.isString {
		return value{}
	}
	return r.attributeValue(n.base, key.str)
}

// callValue returns what a call returns. A call of the context returns the context.
func (r *reader) callValue(n *node) value {
	path := r.callee(n)
	context, method := splitPath(path)
	switch {
	case path == "" && n.base.kind == nodeAttr && n.base.name == "format" && len(n.args) == 1 && n.args[0].name == "" && !n.args[0].unpacked:
		return r.formatValue(r.value(n.base.base).str, "{}", n.args[0].value)
	case path == "" && n.base.kind == nodeName && n.base.name == "dict":
		return r.dictValue(n)
	case path == importModule || path == "" && n.base.kind == nodeName && n.base.name == "__import__":
		return r.importedValue(n)
	case r.value(n.base).secret != nil && r.value(n.base).path == boundPath:
		return value{path: unknownPath, secret: r.value(n.base).secret}
	case isContext(context) && (method == "get" || method == "setdefault"):
		key, _ := n.argument(0, "")
		return value{path: join(context, r.value(key).str)}
	case isContext(path):
		return value{path: path}
	case slices.Contains(flowClasses, path):
		return value{path: flowPath}
	case secretClasses[path] != "" && r.value(n.base).path == partialPath:
		return r.boundValue(n, path)
	case secretClasses[path] != "":
		return value{path: unknownPath, secret: n}
	case makesBlock(path):
		return value{path: savedPath}
	case isSecrets(context) && (method == "keys" || method == "copy"):
		return value{path: context}
	case path == taskPath || isLibraryTask(path):
		return value{path: taskPath}
	case !isPrefect(path):
		return value{}
	}
	return value{path: unknownPath}
}

// dictValue returns what a call of dict gives, which may be a copy of the secrets.
func (r *reader) dictValue(n *node) value {
	if len(n.args) == 1 && n.args[0].name == "" && isSecrets(r.value(n.args[0].value).path) {
		return r.value(n.args[0].value)
	}
	return value{literal: n}
}

// boundValue returns what partial(Secret, "A") and partial(Secret) are: with a name the
// former makes the secret, whose name is known here, and the latter is the class.
func (r *reader) boundValue(n *node, path string) value {
	if name, _ := n.argument(1, "name"); name == nil {
		return value{path: path}
	}
	return value{path: boundPath, secret: n}
}

// importedValue returns what import_module("a.b") gives, or a for __import__("a.b").
func (r *reader) importedValue(n *node) value {
	first, _ := n.argument(0, "name")
	parts := strings.Split(r.value(first).str, ".")
	if n.base.name == "__import__" {
		parts = parts[:1]
	}
	return value{path: importPath(parts)}
}

// splitPath splits a path at its last dot.
func splitPath(path string) (base, name string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return path, ""
}

// callee returns the path of what is called; for functools.partial, that of its
// first argument.
func (r *reader) callee(n *node) string {
	path := r.value(n.base).path
	if path == partialPath {
		first, _ := n.argument(0, "")
		return r.value(first).path
	}
	return path
}
