package pysource

import (
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// reader finds the secrets in a parsed module.
type reader struct {
	*parser
	module      *Module
	readOf      map[*node][]int // Secret("A"), or an access to the context → its indexes in module.Reads
	readAt      []*region       // of module.Reads, where each is
	readBy      []*node         // of module.Reads, the call that gives the name to the function with the read, or nil
	evaluations []evaluation
	existing    []*node        // the secrets whose exists is used
	tested      map[*node]bool // expressions whose result the code looks at; see findTested
	limit       int            // see Module.limit
	aliasDepth  int

	callGraph *callGraph
	known     map[*node]knownStrings // see strings
	given     bool                   // the strings since it was unset depend on a parameter
	mutated   map[string]bool        // see isMutated
	bases     map[*node]bool         // see isBase
	builtOnly map[*function]bool     // see runsWhileBuilding

	runs          bool              // the module configures runs
	inEnvironment map[int]bool      // where literals begin that name a variable of this process
	setting       []*node           // that set environment variables whose names are not certain
	reloads       *node             // that makes Prefect read its configuration again, or nil
	mockedPart    *node             // the first that mocks a part of Prefect, or nil
	mocked        map[*region]mocks // see mock
	mocking       map[*node]mocks   // the calls that a with or a decorator applies

	knownAffixes map[*node][2]string // see affixes
	steps        int                 // see implies
	places       int                 // calls that were followed for a read, and for all of them
	followed     int
	left         map[leaving]Outcome // see outcomeOfCallers
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
	case nodeShell:
		r.visitShell(n)
	}
}

// followGetattr makes an attribute of each getattr(x, "name"), with or without a default.
func (r *reader) followGetattr() {
	for _, n := range r.nodes {
		if items := r.getattr(n); items != nil {
			n.kind, n.base, n.name, n.items, n.args = nodeAttr, items[0], r.value(items[1]).str, items[1:], nil
		}
	}
}

// getattr returns the arguments of a call of getattr with the name of an attribute; nil for
// any other expression.
func (r *reader) getattr(n *node) (items []*node) {
	if n.end > r.limit || n.kind != nodeCall || n.base.kind != nodeName || n.base.name != "getattr" {
		return nil
	}
	if scope, _ := n.base.scope.lookup("getattr"); scope != nil {
		return nil // not Python's own
	}
	for _, a := range n.args {
		if a.unpacked || a.name != "" {
			return nil
		}
		items = append(items, a.value)
	}
	if len(items) < 2 || len(items) > 3 || items[1].kind != nodeConcat || !r.value(items[1]).isString {
		return nil
	}
	return items
}

// setEnv matches the magics that set an environment variable in the kernel.
var setEnv = lazyregexp.New(`^%(?:set_)?env\s+(\w+)[ =]`)

// visitShell records %env NAME=value, and %dotenv, which sets what a file has.
func (r *reader) visitShell(n *node) {
	line := r.src[n.start:n.end]
	if found := setEnv().FindStringSubmatch(line); found != nil {
		r.defineVariable(found[1], n)
	}
	if strings.HasPrefix(line, "%dotenv") && !r.isImported(n) {
		r.defineFrom(FromEnvironment, n)
	}
}

// visitAttribute records prefect.context.secrets.A, and that Secret("A").exists is
// used.
func (r *reader) visitAttribute(n *node) {
	if secret := r.value(n.base).secret; secret != nil && n.name == "exists" {
		r.existing = append(r.existing, secret)
	} else if secret != nil && (n.name == "get" || n.name == "run") && !r.isBase(n) {
		r.evaluations = append(r.evaluations, evaluation{secret, n}) // pytest.raises(KeyError, Secret("A").get)
	}
	if n.applied && containsWord(httpMocks, n.base.name) {
		r.mock(mocksParts, n)
	}
	r.visitStore(n)
	r.visitPassed(n)
	path := r.value(n.base).path
	if isSecrets(path) && !dictMethods[n.name] && !strings.HasPrefix(n.name, "__") {
		a := Access{Name: n.name, Kind: Context, Optional: len(n.items) > 1, Start: n.end - len(n.name), End: n.end}
		if len(n.items) > 0 {
			a = r.at(a, n.items[0], n)
		}
		r.recordAccess(n, path, literalNode(n.name), a)
	}
}

// visitIndex records prefect.context.secrets["A"].
func (r *reader) visitIndex(n *node) {
	r.visitStore(n)
	path := r.value(n.base).path
	var key *node
	a := Access{Kind: Context, Start: n.start, End: n.end}
	if len(n.items) > 0 {
		key = n.items[0]
		a = r.at(a, key, n)
	}
	switch {
	case isSecrets(path):
		r.recordAccess(n, path, key, a)
	case path == environPath && n.use != store:
		r.noteVariable(key)
	case path == environPath:
		r.defineVariables(key, n)
	case path == environPath+"b" && n.use == store:
		r.defineVariables(r.decoded(key), n)
	case n.use == store && strings.HasPrefix(r.value(key).str, secretsPrefix):
		r.define(r.value(key).str, InRunEnvironment, n)
	}
}

// visitStore records prefect.context["secrets"] = {...}.
func (r *reader) visitStore(n *node) {
	if n.use != store {
		return
	}
	switch path := r.value(n).path; {
	case n.kind == nodeIndex && r.value(n.base).path == modulesPath:
		r.replaceModule(n.items, n)
	case isSecrets(path) && n.assigned != nil:
		r.defineAll(n.assigned, path, n)
	case isSecrets(path) && !isConfiguration(path):
		r.defineUnknown(n)
	case path == environPath:
		r.defineEntries(n, n.assigned)
	case isPrefect(path):
		if m := mocksOf(path); m != 0 {
			r.mock(m, n)
		}
	}
}

// recordAccess records what is done with a secret of the context.
func (r *reader) recordAccess(n *node, path string, name *node, a Access) {
	switch {
	case n.use == load:
		r.recordRead(name, a, n)
		r.evaluations = append(r.evaluations, evaluation{n, n})
	case n.use == store && !isConfiguration(path) && r.strings(name) == nil:
		r.defineUnknown(n)
	case n.use == store:
		for _, s := range r.strings(name) {
			r.define(s, contextKind(path), n)
		}
	}
}

// recordRead records that n reads the secrets of a name, in Unknown if the name is not
// certain. What a parameter names, other modules may name too.
func (r *reader) recordRead(name *node, a Access, n *node) {
	r.given = false
	names := r.strings(name)
	if names == nil || r.given || slices.Contains(names, "") {
		r.module.Unknown = append(r.module.Unknown, a)
	}
	if p := r.wholeParameter(name); p != nil {
		r.recordGiven(p, a, n)
		return
	}
	for _, s := range names {
		r.addRead(s, a, n, nil)
	}
}

// wholeParameter returns the parameter of a function of the module that a name is, or nil.
func (r *reader) wholeParameter(name *node) *parameter {
	if name == nil || name.end > r.limit {
		return nil
	}
	return r.parameterOf(name)
}

// recordGiven records that n reads the secrets that the calls of its function name.
func (r *reader) recordGiven(p *parameter, a Access, n *node) {
	for _, call := range r.callsOf(p.of) {
		if r.followed++; r.followed > maxFollowed {
			return
		}
		given := p.given(call)
		for _, s := range r.strings(given) {
			if given.end > given.start {
				a.Start, a.End = given.start, given.end
			}
			r.addRead(s, a, n, call)
		}
	}
}

// addRead adds a read of a certain name.
func (r *reader) addRead(name string, a Access, n, by *node) {
	if a.typed {
		block, isSecret := strings.CutPrefix(name, secretSlug+"/")
		if !isSecret {
			return
		}
		name, a.typed = block, false
	}
	if name == "" {
		return
	}
	a.Name, a.Prefix, a.Suffix = name, "", ""
	r.readOf[n] = append(r.readOf[n], len(r.module.Reads))
	r.module.Reads, r.readAt, r.readBy = append(r.module.Reads, a), append(r.readAt, n.region), append(r.readBy, by)
}

// visitCall records what a call reads or sets.
func (r *reader) visitCall(n *node) {
	path := r.callee(n)
	if r.visitMethod(n) || r.visitReplacement(n) || r.visitBlock(n) {
		return
	}
	if first, _ := n.argument(0, ""); path == getenvPath || n.base.kind == nodeAttr && r.value(n.base.base).path == environPath {
		r.noteVariable(first)
	}
	if path == "" {
		r.visitOther(n)
		return
	}
	context, method := splitPath(path)
	switch {
	case r.value(n.base).path == partialPath && secretClasses[path] != "":
		if name, _ := n.argument(1, "name"); name != nil {
			r.recordRead(name, r.at(Access{Kind: secretClasses[path]}, name, n), n)
		}
	case r.value(n.base).path == partialPath:
		r.visitArguments(n, path)
	case secretClasses[path] != "":
		r.visitConstructor(n, secretClasses[path])
	case isSecrets(context):
		r.visitSecretsMethod(n, context, method)
	case r.visitDefinition(n, path, context, method):
	case containsWord("load_default_config load_configuration", method):
		r.reload(n)
	case namesSecrets(path):
		r.visitArguments(n, path)
		r.defineRunEnvironment(n, path)
	}
}

// visitMethod records the calls that matter for the name of the method, and reports
// whether this is one.
func (r *reader) visitMethod(n *node) bool {
	switch n.base.name {
	case "get", "run", "create_flow_run":
		r.defineRunContext(n)
		object := value{}
		if n.base.kind == nodeAttr {
			object = r.value(n.base.base)
		}
		if object.secret == nil {
			return false
		}
		r.evaluations = append(r.evaluations, evaluation{object.secret, n})
	case "set_secret": // of a client, wherever the code has it from
		name, _ := n.argument(0, "name")
		if v := r.value(name); v.isString {
			r.define(v.str, InStore, n)
		} else {
			r.defineUnknown(n)
		}
	case "read_block_document_by_name": // of a client of Prefect 2 or 3
		r.visitClientRead(n)
	case "setenv":
		name, _ := n.argument(0, "name")
		r.defineVariables(name, n)
	default:
		return false
	}
	return true
}

// visitOther records what calls of functions that are not followed do by their names.
func (r *reader) visitOther(n *node) {
	switch base := r.baseName(n); {
	case r.loadsEnvironment(n) && !r.isImported(n):
		r.defineFrom(FromEnvironment, n)
	case n.base.name == "reload" && len(n.args) == 1 && isPrefect(r.value(n.args[0].value).path):
		r.reload(n)
	case containsWord(httpMocks, base):
		r.mock(mocksParts, n)
	case n.base.kind == nodeCall && n.base.base.name == "itemgetter" && len(n.args) == 1 && isSecrets(r.value(n.args[0].value).path):
		name, _ := n.base.argument(0, "")
		r.recordAccess(n, r.value(n.args[0].value).path, name, r.at(Access{Kind: Context}, name, n))
	}
}

// visitConstructor records Secret("A"). Only a task may do without a name here, and
// get it when it runs.
func (r *reader) visitConstructor(n *node, kind Kind) {
	name, unpacked := n.argument(0, "name")
	if name == nil && !unpacked && kind == Client {
		return
	}
	r.recordRead(name, r.at(Access{Kind: kind}, name, n), n)
}

// at returns a with the offsets of name or, if that is nil, of call, and with what is
// certain about a computed name.
func (r *reader) at(a Access, name, call *node) Access {
	if name == nil {
		name = call
	} else {
		a.Prefix, a.Suffix = r.affixes(name)
	}
	a.Start, a.End = name.start, name.end
	return a
}

// visitSecretsMethod records prefect.context.secrets.get("A") and the other methods
// of that dict.
func (r *reader) visitSecretsMethod(n *node, path, method string) {
	name, _ := n.argument(0, "")
	fallback, unpacked := n.argument(1, "")
	switch method {
	case "get", "pop":
		optional := fallback != nil || unpacked || method == "get" && r.tested[n]
		r.recordAccess(n, path, name, r.at(Access{Kind: Context, Optional: optional, GivesNone: method == "get" && !r.isBase(n)}, name, n))
	case "__getitem__":
		r.recordAccess(n, path, name, r.at(Access{Kind: Context}, name, n))
	case "setdefault":
		if v := r.value(name); v.isString {
			r.define(v.str, contextKind(path), n)
		}
	case "update":
		r.defineAll(name, path, n)
		r.defineKeywords(n, path)
	}
}

// isBase reports whether the code calls an expression, or looks something up in it.
func (r *reader) isBase(n *node) bool {
	if r.bases == nil {
		r.bases = map[*node]bool{}
		for _, n := range r.nodes {
			r.bases[n.base] = true
		}
	}
	return r.bases[n]
}

// visitArguments records calls such as library_task(credentials_secret="A").
func (r *reader) visitArguments(n *node, path string) {
	for _, a := range n.args {
		switch one, several := nameParameter(path, a.name); {
		case one:
			r.recordArgument(a.value, n)
		case several:
			r.recordListArgument(a.value, n)
		}
	}
}

// recordArgument records an argument that names a secret. None, the empty string
// and the like mean no secret, and a call of a task passes a value and not a name.
func (r *reader) recordArgument(name, n *node) {
	v := r.value(name)
	if v.constant || v.literal != nil || v.isString && v.str == "" || v.path == unknownPath || v.path == taskPath {
		return
	}
	r.recordRead(name, r.at(Access{Kind: Parameter}, name, name), n)
}

// recordListArgument records an argument that names several secrets.
func (r *reader) recordListArgument(names, n *node) {
	v := r.value(names)
	switch {
	case v.literal != nil && v.literal.kind == nodeList:
		for _, name := range v.literal.items {
			r.recordArgument(name, n)
		}
	case v.literal == nil && !v.constant && !v.isString:
		r.recordRead(nil, r.at(Access{Kind: Parameter}, names, names), n)
	}
}
