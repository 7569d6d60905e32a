package pysource

import "strings"

// reader finds the secrets in a parsed module.
type reader struct {
	*parser
	module     *Module
	readOf     map[*node]int // Secret("A") → its index in module.Reads
	limit      int           // see Module.limit
	aliasDepth int
}

// visit records the secrets that an expression reads or sets.
func (r *reader) visit(n *node) {
	switch n.kind {
	case nodeAttr:
		r.visitAttribute(n)
	case nodeIndex:
		r.visitIndex(n)
	case nodeCall:
		r.visitCall(n)
	}
}

// visitAttribute records prefect.context.secrets.A, and Secret("A").exists as optional.
func (r *reader) visitAttribute(n *node) {
	if i, ok := r.readOf[n.base]; ok && n.name == "exists" {
		r.module.Reads[i].Optional = true
	}
	if isSecrets(r.value(n.base).path) && !dictMethods[n.name] && !strings.HasPrefix(n.name, "__") {
		a := Access{Name: n.name, Kind: Context, Start: n.end - len(n.name), End: n.end}
		r.recordAccess(n.use, value{isString: true, str: n.name}, a)
	}
}

// visitIndex records prefect.context.secrets["A"].
func (r *reader) visitIndex(n *node) {
	if !isSecrets(r.value(n.base).path) {
		return
	}
	a := Access{Kind: Context, Start: n.start, End: n.end}
	var key value
	if len(n.items) > 0 {
		key = r.value(n.items[0])
		a = a.at(n.items[0], n)
	}
	r.recordAccess(n.use, key, a)
}

// recordAccess records what is done with a secret of the context.
func (r *reader) recordAccess(use use, name value, a Access) {
	switch {
	case use == load:
		r.recordRead(name, a)
	case use == store && name.isString:
		r.module.Sets = append(r.module.Sets, name.str)
	}
}

// recordRead records that a secret is read, in Unknown if its name is not certain.
func (r *reader) recordRead(name value, a Access) {
	if a.Name = name.str; a.Name == "" {
		r.module.Unknown = append(r.module.Unknown, a)
		return
	}
	r.module.Reads = append(r.module.Reads, a)
}

// visitCall records what a call reads or sets.
func (r *reader) visitCall(n *node) {
	path := r.callee(n)
	if path == "" {
		return
	}
	context, method := path, ""
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		context, method = path[:i], path[i+1:]
	}
	switch {
	case r.value(n.base).path == partialPath:
		r.visitArguments(n, path)
	case secretClasses[path] != "":
		r.visitConstructor(n, secretClasses[path])
	case isSecrets(context):
		r.visitSecretsMethod(n, method)
	case isContext(path), isContext(context) && method == "update":
		secrets, _ := n.argument(-1, "secrets")
		r.recordSet(secrets)
	default:
		r.visitArguments(n, path)
	}
}

// visitConstructor records Secret("A"). Only a task may do without a name here, and
// get it when it runs.
func (r *reader) visitConstructor(n *node, kind Kind) {
	name, unpacked := n.argument(0, "name")
	if name == nil && !unpacked && kind == Client {
		return
	}
	index := len(r.module.Reads)
	r.recordRead(r.value(name), Access{Kind: kind}.at(name, n))
	if len(r.module.Reads) > index {
		r.readOf[n] = index
	}
}

// at returns a with the offsets of name or, if that is nil, of call.
func (a Access) at(name, call *node) Access {
	if name == nil {
		name = call
	}
	a.Start, a.End = name.start, name.end
	return a
}

// visitSecretsMethod records prefect.context.secrets.get("A") and the other methods
// of that dict.
func (r *reader) visitSecretsMethod(n *node, method string) {
	name, _ := n.argument(0, "")
	fallback, unpacked := n.argument(1, "")
	switch method {
	case "get", "pop":
		a := Access{Kind: Context, Optional: fallback != nil || unpacked}
		r.recordRead(r.value(name), a.at(name, n))
	case "setdefault":
		r.recordAccess(store, r.value(name), Access{})
	case "update":
		r.recordSet(name)
		r.recordKeywords(n)
	}
}

// recordSet records the keys of a dict that becomes a part of the context.
func (r *reader) recordSet(dict *node) {
	v := r.value(dict)
	if v.literal != nil && v.literal.kind == nodeDict {
		for _, key := range v.literal.items {
			r.recordAccess(store, r.value(key), Access{})
		}
	}
	if dict != nil && dict.kind == nodeCall && dict.base.kind == nodeName && dict.base.name == "dict" {
		r.recordKeywords(dict)
	}
}

// recordKeywords records the keyword arguments of a call as names that are set.
func (r *reader) recordKeywords(call *node) {
	for _, a := range call.args {
		if a.name != "" {
			r.module.Sets = append(r.module.Sets, a.name)
		}
	}
}

// visitArguments records calls such as library_task(credentials_secret="A").
func (r *reader) visitArguments(n *node, path string) {
	for _, a := range n.args {
		switch one, several := nameParameter(path, a.name); {
		case one:
			r.recordArgument(a.value)
		case several:
			r.recordListArgument(a.value)
		}
	}
}

// recordArgument records an argument that names a secret. None, the empty string
// and the like mean no secret, and a call of a task passes a value and not a name.
func (r *reader) recordArgument(name *node) {
	v := r.value(name)
	if v.constant || v.literal != nil || v.isString && v.str == "" || v.path == unknownPath {
		return
	}
	r.recordRead(v, Access{Kind: Parameter}.at(name, name))
}

// recordListArgument records an argument that names several secrets.
func (r *reader) recordListArgument(names *node) {
	v := r.value(names)
	switch {
	case v.literal != nil && v.literal.kind == nodeList:
		for _, name := range v.literal.items {
			r.recordArgument(name)
		}
	case v.literal == nil && !v.constant && !v.isString:
		r.recordRead(value{}, Access{Kind: Parameter}.at(names, names))
	}
}
