package pysource

import "strings"

// node notes what an expression reads or sets.
func (r *reader) node(n *node) {
	switch n.kind {
	case nodeAttr:
		r.attribute(n)
	case nodeIndex:
		r.index(n)
	case nodeCall:
		r.call(n)
	}
}

// attribute is about prefect.context.secrets.A, and about Secret("A").exists.
func (r *reader) attribute(n *node) {
	if i, ok := r.calls[n.base]; ok && n.name == "exists" {
		r.module.Reads[i].Optional = true
	}
	if isSecrets(r.value(n.base).path) && !methods[n.name] && !strings.HasPrefix(n.name, "__") {
		place := Access{Name: n.name, Kind: Context, Start: n.end - len(n.name), End: n.end}
		r.access(n.use, value{isText: true, text: n.name}, place)
	}
}

// index is about prefect.context.secrets["A"].
func (r *reader) index(n *node) {
	if !isSecrets(r.value(n.base).path) {
		return
	}
	place := Access{Kind: Context, Start: n.start, End: n.end}
	var key value
	if len(n.items) > 0 {
		key = r.value(n.items[0])
		place.Start, place.End = n.items[0].start, n.items[0].end
	}
	r.access(n.use, key, place)
}

// access notes what is done with a secret of the context.
func (r *reader) access(use use, name value, place Access) {
	switch {
	case use == load:
		r.read(name, place)
	case use == store && name.isText:
		r.module.Sets = append(r.module.Sets, name.text)
	}
}

// read notes that a secret is read, whose name may be known.
func (r *reader) read(name value, place Access) {
	if place.Name = name.text; place.Name == "" {
		r.module.Unknown = append(r.module.Unknown, place)
		return
	}
	r.module.Reads = append(r.module.Reads, place)
}

// call is about everything that is called.
func (r *reader) call(n *node) {
	path := r.callee(n)
	if path == "" {
		return
	}
	context, method := path, ""
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		context, method = path[:i], path[i+1:]
	}
	switch {
	case r.value(n.base).path == partial:
		r.parameters(n, path)
	case classes[path] != "":
		r.construct(n, classes[path])
	case isSecrets(context):
		r.method(n, method)
	case isContext(path), isContext(context) && method == "update":
		secrets, _ := n.argument(-1, "secrets")
		r.set(secrets)
	default:
		r.parameters(n, path)
	}
}

// construct is about Secret("A"). A task may be given its name when it runs.
func (r *reader) construct(n *node, kind Kind) {
	name, stars := n.argument(0, "name")
	if name == nil && !stars && kind == Client {
		return
	}
	known := len(r.module.Reads)
	r.read(r.value(name), Access{Kind: kind}.at(name, n))
	if len(r.module.Reads) > known {
		r.calls[n] = known
	}
}

// at is a with the place of a name or, if there is none, of the whole.
func (a Access) at(name, whole *node) Access {
	if name == nil {
		name = whole
	}
	a.Start, a.End = name.start, name.end
	return a
}

// method is about prefect.context.secrets.get("A") and what else such a dict has.
func (r *reader) method(n *node, method string) {
	name, _ := n.argument(0, "")
	fallback, stars := n.argument(1, "")
	switch method {
	case "get", "pop":
		place := Access{Kind: Context, Optional: fallback != nil || stars}
		r.read(r.value(name), place.at(name, n))
	case "setdefault":
		r.access(store, r.value(name), Access{})
	case "update":
		r.set(name)
		r.setNamed(n)
	}
}

// set notes the names of a dict that is put into the context.
func (r *reader) set(dict *node) {
	v := r.value(dict)
	if v.written != nil && v.written.kind == nodeDict {
		for _, key := range v.written.items {
			r.access(store, r.value(key), Access{})
		}
	}
	if dict != nil && dict.kind == nodeCall && dict.base.kind == nodeName && dict.base.name == "dict" {
		r.setNamed(dict)
	}
}

func (r *reader) setNamed(call *node) {
	for _, a := range call.args {
		if a.name != "" {
			r.module.Sets = append(r.module.Sets, a.name)
		}
	}
}

// parameters is about library_task(credentials_secret="A").
func (r *reader) parameters(n *node, path string) {
	for _, a := range n.args {
		switch one, several := nameParameter(path, a.name); {
		case one:
			r.parameter(a.value)
		case several:
			r.list(a.value)
		}
	}
}

// parameter is one that names a secret. None, the empty text and the like mean
// that there is none, and a task gives a value rather than a name.
func (r *reader) parameter(name *node) {
	v := r.value(name)
	if v.inert || v.written != nil || v.isText && v.text == "" || v.path == opaque {
		return
	}
	r.read(v, Access{Kind: Parameter}.at(name, name))
}

// list is a parameter that names several.
func (r *reader) list(names *node) {
	v := r.value(names)
	switch {
	case v.written != nil && v.written.kind == nodeList:
		for _, name := range v.written.items {
			r.parameter(name)
		}
	case v.written == nil && !v.inert && !v.isText:
		r.read(value{}, Access{Kind: Parameter}.at(names, names))
	}
}
