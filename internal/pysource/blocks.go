package pysource

import "strings"

// The names in this file are from the sources of 2.20.27 and 3.9.1, except where a
// comment says otherwise.

// Paths of the classes of blocks, and of a Secret block that the module makes or reads.
const (
	secretBlockPath = "prefect.blocks.system.Secret"
	anyBlockPath    = "prefect.blocks.core.Block"
	savedPath       = "prefect.?secret"
)

// secretSlug is the type of a Secret block in the names of blocks.
const secretSlug = "secret"

// blockReaders are the methods of a block's class that read one by its name, and
// blockWriters those of a block that write it under a name.
const (
	blockReaders = "load aload"
	blockWriters = "save asave"
)

// makesBlock reports whether a call of the object at a path returns a Secret block.
func makesBlock(path string) bool {
	class, method := splitPath(path)
	return path == secretBlockPath || (class == secretBlockPath || class == savedPath) && containsWord(blockReaders, method)
}

// visitBlock records Secret.load("a") and the like of Prefect 2 and 3, and reports
// whether a call is one. In functools.partial(Secret.load, "a") the name comes second.
func (r *reader) visitBlock(n *node) bool {
	called, position := n.base, 0
	if r.value(called).path == partialPath {
		called, _ = n.argument(0, "")
		position = 1
	}
	class, method := r.blockMethod(called)
	switch {
	case class == "":
		return false
	case class == savedPath && containsWord(blockWriters, method):
		r.defineBlock(n, position)
	case class == secretBlockPath && containsWord(blockWriters, method): // Secret.save(block, "a")
		r.defineBlock(n, position+1)
	case containsWord(blockReaders, method):
		name, _ := n.argument(position, "name")
		r.recordBlock(name, Access{Kind: Block, typed: class == anyBlockPath}, n)
	case strings.TrimPrefix(method, "a") == "load_from_ref":
		r.visitReference(n, class)
	default:
		return false
	}
	return true
}

// blockMethod returns the class and the method that an expression names, such as the path
// of Secret and load. Both are empty for an expression that names no method of a block.
func (r *reader) blockMethod(n *node) (class, method string) {
	class, method = splitPath(r.value(n).path)
	if secretClasses[class] != "" && n.kind == nodeAttr {
		return r.otherBlockClass(n.base), method
	}
	if class != secretBlockPath && class != anyBlockPath && class != savedPath {
		return "", ""
	}
	return class, method
}

// otherBlockClass returns the class of blocks that a name may be bound to, if the name may
// also be the Secret of Prefect 0.x or 1.x.
func (r *reader) otherBlockClass(n *node) string {
	if n.kind != nodeName {
		return ""
	}
	_, all := n.scope.lookup(n.name)
	for _, b := range all[:min(len(all), maxBindings)] {
		if b.path == secretBlockPath {
			return b.path
		}
	}
	return ""
}

// recordBlock records that n reads the block with a name, and where its error is raised.
func (r *reader) recordBlock(name *node, a Access, n *node) {
	a = r.at(a, name, n)
	if a.typed {
		prefix, isSecret := strings.CutPrefix(a.Prefix, secretSlug+"/")
		if !isSecret && !strings.HasPrefix(secretSlug+"/", a.Prefix) {
			a.Prefix, prefix = "", ""
			if r.strings(name) == nil {
				return // a block of another type
			}
		}
		a.Prefix = prefix
	}
	r.recordRead(name, a, n)
	r.evaluations = append(r.evaluations, evaluation{n, n})
}

// visitPassed records the reads of a function that gets Secret.load as an argument. map
// calls it with each item; what any other function does is unknown.
func (r *reader) visitPassed(n *node) {
	if n.name != "load" && n.name != "aload" || r.isBase(n) {
		return
	}
	class, _ := r.blockMethod(n)
	if class == "" {
		return
	}
	place, passed := r.graph().arguments[n]
	a := Access{Kind: Block, typed: class == anyBlockPath, Start: n.start, End: n.end}
	switch {
	case !passed || r.value(place.call.base).path == partialPath:
	case place.call.base.name == "map" && place.position == 0 && len(place.call.args) == 2:
		items := &node{kind: nodeItem, items: []*node{place.call.args[1].value}, start: n.start, end: n.end}
		r.recordBlock(items, a, place.call)
	default:
		r.recordRead(nil, a, n)
	}
}

// visitReference records Secret.load_from_ref({"block_document_slug": "a"}). Other forms of
// a reference have the id of a block, and no name.
func (r *reader) visitReference(n *node, class string) {
	ref, _ := n.argument(0, "ref")
	r.entries(ref, func(key string, name *node) {
		if key == "block_document_slug" {
			r.recordBlock(name, Access{Kind: Block, typed: class == anyBlockPath}, n)
		}
	})
}

// visitClientRead records client.read_block_document_by_name("a", "secret").
func (r *reader) visitClientRead(n *node) {
	name, _ := n.argument(0, "name")
	slug, _ := n.argument(1, "block_type_slug")
	if name != nil && r.value(slug).str == secretSlug { // it fails with another error, which such code handles
		r.recordRead(name, r.at(Access{Kind: Block, Optional: true}, name, n), n)
	}
}

// defineBlock records that n saves a Secret block. The name is at a position, or a keyword.
func (r *reader) defineBlock(n *node, position int) {
	name, _ := n.argument(position, "name")
	names := r.strings(name)
	if names == nil {
		r.module.UnnamedBlocks = append(r.module.UnnamedBlocks, Span{n.start, n.end})
	}
	for _, s := range names {
		r.define(s, InBlocks, n)
	}
}

// isLater reports whether a path is in a module that Prefect has only since 2.0. An
// argument there that ends in _secret holds a value and not a name.
func isLater(path string) bool {
	_, rest, _ := strings.Cut(path, ".")
	module, _, _ := strings.Cut(rest, ".")
	return laterModules[module]
}

// laterModules are the modules and decorators of 2.20.27 and 3.9.1 that none of the 15
// releases of Prefect 0.x and 1.x has that the client suite runs.
var laterModules = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range strings.Fields(`analytics assets automations blocks bundles cache_policies concurrency deployments docker events filesystems
		flow flow_engine flow_runs futures infrastructure input logging main plugins results runner runtime serializers server settings software
		states task_engine task_runners task_runs task_server task_worker telemetry testing transactions types variables workers`) {
		all[name] = true
	}
	return all
}()
