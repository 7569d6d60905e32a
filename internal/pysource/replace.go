package pysource

import "strings"

// mocks are the ways of reading a secret that a test replaces.
type mocks uint8

const (
	mocksClient mocks = 1 << iota // Secret of prefect.client, which the tasks use, too
	mocksTask                     // PrefectSecret
	mocksParts                    // what these use: the client of Prefect, or the requests that it sends
)

// mocksOf returns what replacing something means, by the end of its dotted name: the
// module in which a test replaces Secret may be any.
func mocksOf(dotted string) mocks {
	for _, method := range []string{".get", ".run", ".load", ".aload"} {
		dotted = strings.TrimSuffix(dotted, method)
	}
	switch _, name := splitPath("." + dotted); {
	case name == "Secret" || name == "_Secret":
		return mocksClient
	case name == "PrefectSecret":
		return mocksTask
	case strings.Contains(dotted, "Secret"):
		return 0
	case strings.HasPrefix(dotted, "prefect.client") || strings.HasPrefix(dotted, "prefect.Client") || strings.HasPrefix(dotted, "requests."),
		containsWord("post get send request", name) && strings.HasSuffix(dotted, ".Session."+name):
		return mocksParts
	}
	return 0
}

// httpMocks are the modules of tests that answer the requests of requests.
const httpMocks = "responses requests_mock httpretty vcr betamax"

// baseName returns the first name of what is called, such as responses.
func (r *reader) baseName(call *node) string {
	base := call.base
	for base != nil && base.kind != nodeName {
		base = base.base
	}
	if base == nil {
		return ""
	}
	return base.name
}

// replaceModule records that a module of Prefect's is replaced in sys.modules.
func (r *reader) replaceModule(keys []*node, n *node) {
	for _, key := range keys {
		if isPrefect(r.value(key).str) {
			r.mock(mocksParts, n)
		}
	}
}

// replacing returns how a call replaces something, by the name of its function: patch,
// object, dict and multiple for those of unittest.mock and pytest-mock, setattr and
// setitem for those of pytest and Python. It returns "" for any other call.
func (r *reader) replacing(call *node) string {
	base := call.base
	if how, ok := strings.CutPrefix(r.callee(call), patchPath); ok {
		if how == "" {
			return "patch"
		}
		return how[1:]
	}
	switch base.name {
	case "patch", "setattr", "setitem":
		return base.name
	case "__setattr__", "__setitem__":
		return strings.Trim(base.name, "_")
	case "object", "dict", "multiple":
		if base.kind == nodeAttr && base.base.name == "patch" {
			return base.name
		}
	}
	return ""
}

// visitReplacement records what a call replaces, and reports whether it is such a
// call.
func (r *reader) visitReplacement(n *node) bool {
	first, _ := n.argument(0, "target")
	second, _ := n.argument(1, "attribute")
	switch how := r.replacing(n); how {
	case "patch":
		value, _ := n.argument(1, "new")
		r.replace(r.dotted(first), value, n)
	case "dict":
		if first == nil {
			first, _ = n.argument(-1, "in_dict")
		}
		values, _ := n.argument(1, "values")
		r.merge(r.dotted(first), values, n)
	case "multiple":
		for _, a := range n.args {
			if a.name != "" {
				r.replaceIn(r.dotted(first), literalNode(a.name), a.value, n)
			}
		}
	case "object":
		value, _ := n.argument(2, "new")
		r.replaceIn(r.dotted(first), second, value, n)
	case "setattr", "setitem":
		r.visitSetting(n, how)
	default:
		return false
	}
	return true
}

// visitSetting records setattr(object, "name", value), monkeypatch.setattr, which also
// takes a dotted name, object.__setattr__ and the like.
func (r *reader) visitSetting(n *node, how string) {
	arguments := make([]*node, 3)
	for i := range arguments {
		arguments[i], _ = n.argument(i, []string{"target", "name", "value"}[i])
	}
	owner, name, assigned := arguments[0], arguments[1], arguments[2]
	if strings.HasPrefix(n.base.name, "__") && assigned == nil { // object.__setattr__(name, value)
		owner, name, assigned = n.base.base, owner, name
	}
	switch {
	case owner == nil || name == nil:
	case how == "setattr" && assigned == nil:
		r.replace(r.dotted(owner), name, n)
	default:
		r.replaceIn(r.dotted(owner), name, assigned, n)
	}
}

// dotted returns the dotted name of what an expression is, or that a string holds. It
// begins with a dot if only the end is known.
func (r *reader) dotted(n *node) string {
	if n == nil {
		return ""
	}
	v := r.value(n)
	switch {
	case v.path != "" && v.path != unknownPath:
		return v.path
	case v.isString:
		return v.str
	case n.kind == nodeName || n.kind == nodeAttr:
		return "." + n.name
	}
	_, suffix := r.affixes(n)
	return suffix
}

// replaceIn records that a call gives something a value under a name, as an attribute
// or an item.
func (r *reader) replaceIn(owner string, name, assigned, n *node) {
	names := r.strings(name)
	switch path := r.pathOf(owner); {
	case isSecrets(path) && names == nil:
		r.defineUnknown(n)
	case isSecrets(path):
		for _, s := range names {
			r.define(s, contextKind(path), n)
		}
	case path == environPath:
		r.defineVariables(name, n)
	case path == modulesPath:
		r.replaceModule([]*node{name}, n)
	default:
		for _, s := range names {
			r.replace(owner+"."+s, assigned, n)
		}
	}
}

// replace records that a call gives a value to what a dotted name leads to. Without a
// value that is a mock, which has any secret.
func (r *reader) replace(dotted string, assigned, n *node) {
	if m := mocksOf(dotted); m != 0 && strings.Contains(dotted, ".") {
		r.mock(m, n)
		return
	}
	path := r.pathOf(dotted)
	owner, name := splitPath(path)
	switch {
	case isSecrets(path) && assigned != nil:
		r.defineAll(assigned, path, n)
	case isSecrets(path):
		r.defineUnknown(n)
	case isSecrets(owner):
		r.define(name, contextKind(path), n)
	case isContext(path):
		r.defineContext(n, assigned, path)
	case path == environPath:
		r.defineEntries(n, assigned)
	}
}

// merge records that a call puts the entries of a dict, and its keyword arguments, into
// what a dotted name leads to.
func (r *reader) merge(dotted string, dict, n *node) {
	switch path := r.pathOf(dotted); {
	case isSecrets(path):
		r.defineAll(dict, path, n)
		r.defineKeywords(n, path)
	case isContext(path):
		r.defineContext(n, dict, path)
	case path == environPath:
		r.defineEntries(n, dict)
	case path == modulesPath:
		r.entries(dict, func(key string, _ *node) { r.replaceModule([]*node{literalNode(key)}, n) })
	}
}

// pathOf returns the path that a dotted name has, or "".
func (r *reader) pathOf(dotted string) string { return importPath(strings.Split(dotted, ".")) }

// mock records that a call, or an assignment, mocks what reads secrets. What a with or
// a decorator applies is mocked there; what a test does is, in that test; and what
// anything else does, such as a fixture, is in all of the module.
func (r *reader) mock(m mocks, n *node) {
	if m == mocksParts && r.mockedPart == nil {
		r.mockedPart = n
	}
	if r.mocked == nil {
		r.mocked, r.mocking = map[*region]mocks{}, map[*node]mocks{}
	}
	if n.applied {
		r.mocking[n] |= m
		return
	}
	f := n.region.inFunction()
	if f != nil && (f.function == nil || !strings.HasPrefix(f.function.name, "test")) {
		f = nil
	}
	r.mocked[f] |= m
}

// isMocked reports whether a read is one of a mock.
func (r *reader) isMocked(at *region, kind Kind) bool {
	return r.isCovered(at, map[Kind]mocks{Client: mocksClient, Block: mocksClient, Parameter: mocksClient, Task: mocksClient | mocksTask}[kind])
}

// isCovered reports whether something is replaced in a region.
func (r *reader) isCovered(at *region, covering mocks) bool {
	if r.mocked == nil || covering == 0 {
		return false
	}
	for range maxRegions {
		m := r.mocked[at]
		if at == nil {
			return m&covering != 0
		}
		if at.kind == regionWith {
			m |= r.mocking[r.managerOf(at.cond)]
		}
		for _, d := range at.decorators[:min(len(at.decorators), maxConditions)] {
			m |= r.mocking[d]
		}
		if m&covering != 0 {
			return true
		}
		at = at.parent
	}
	return r.mocked[nil]&covering != 0
}

// markMocked marks the reads of mocks, which find any secret.
func (r *reader) markMocked() {
	if r.mocked == nil {
		return
	}
	for i := range r.module.Reads {
		a := &r.module.Reads[i]
		a.Optional = a.Optional || r.isMocked(r.readAt[i], a.Kind)
		if r.mockedPart != nil && a.Kind != Context && r.isCovered(r.readAt[i], mocksParts) {
			a.Mocked = Span{r.mockedPart.start, r.mockedPart.end}
		}
	}
}
