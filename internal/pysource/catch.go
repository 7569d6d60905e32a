package pysource

import (
	"slices"
	"strings"
)

// catch says whether a handler catches an error.
type catch struct {
	certain bool // one of its classes does
	broad   bool // one of them catches any error
	unknown bool // one of them is not known
}

// or returns what two handlers catch together.
func (c catch) or(d catch) catch {
	return catch{c.certain || d.certain, c.broad || d.broad, c.unknown || d.unknown}
}

// perhaps returns what a handler catches that is one of several.
func (c catch) perhaps() catch { return catch{unknown: c.certain || c.unknown} }

// catches says whether a class, or one of a tuple of them, catches an error that a read
// ends with.
func (r *reader) catches(classes *node, t thrown, depth int) catch {
	if r.steps++; classes == nil || classes.end > r.limit || depth > maxNesting || r.steps > maxSteps {
		return catch{unknown: true}
	}
	switch classes.kind {
	case nodeList, nodeSum, nodeStarred:
		return r.catchesAny(classes.items, t, depth+1)
	case nodeChoice:
		a, b := r.catches(classes.items[0], t, depth+1), r.catches(classes.items[2], t, depth+1)
		if a.certain && b.certain {
			return a.or(b)
		}
		return a.or(b).perhaps()
	case nodeIndex:
		if c := r.catches(classes.base, t, depth+1); c.certain {
			return c.perhaps()
		}
	case nodeCall:
		if first, _ := classes.argument(0, ""); first != nil && classes.base.kind == nodeName && containsWord("tuple list set frozenset", classes.base.name) {
			return r.catches(first, t, depth+1)
		}
	case nodeName, nodeAttr:
		return r.catchesNamed(classes, t, depth)
	case nodeClass:
		return catch{} // a subclass does not catch what its base does
	}
	return catch{unknown: true}
}

func (r *reader) catchesAny(classes []*node, t thrown, depth int) (all catch) {
	for _, class := range classes[:min(len(classes), maxConditions)] {
		all = all.or(r.catches(class, t, depth))
	}
	return all
}

// isNested reports whether the classes of an except have a tuple within a tuple, which
// Python answers to any error with a TypeError.
func (r *reader) isNested(classes *node, within bool, depth int) bool {
	if r.steps++; classes == nil || classes.end > r.limit || depth > maxNesting || r.steps > maxSteps {
		return false
	}
	switch classes.kind {
	case nodeList:
		return within || r.anyNested(classes.items, true, depth)
	case nodeSum:
		return r.anyNested(classes.items, within, depth)
	case nodeStarred:
		return r.anyNested(classes.items, false, depth)
	case nodeName:
		return r.isNested(r.onlyValue(classes), within, depth+1)
	}
	return false
}

func (r *reader) anyNested(classes []*node, within bool, depth int) bool {
	return slices.ContainsFunc(classes[:min(len(classes), maxConditions)], func(class *node) bool {
		return r.isNested(class, within, depth+1)
	})
}

// catchesNamed is catches for a name, or an attribute of a module.
func (r *reader) catchesNamed(class *node, t thrown, depth int) catch {
	path := r.value(class).path
	name, isBuiltin := strings.CutPrefix(path, "builtins.")
	switch {
	case isBuiltin:
		return r.catchesBuiltin(name, t)
	case isPrefect(path) && t.class == nil:
		_, name := splitPath(path)
		return catch{certain: t.error == ClientError && containsWord("ClientError PrefectError PrefectException", name)}
	case class.kind != nodeName:
	default:
		switch scope, all := class.scope.lookup(class.name); {
		case scope == nil:
		case len(all) == 1 && all[0].value != nil && all[0].value.kind == nodeClass:
			return catch{certain: t.class != nil && r.isOfClass(t.class, all[0].value, 0)}
		case len(all) == 1 && all[0].value != nil:
			return r.catches(all[0].value, t, depth+1)
		case t.class != nil:
			return catch{certain: t.class.kind == nodeName && t.class.name == class.name, unknown: true}
		default:
			return catch{unknown: !isClassName(class.name)}
		}
	}
	return r.catchesBuiltin(class.name, t)
}

// isOfClass reports whether what was raised is of a class of the module: it is that class,
// or has it as a base.
func (r *reader) isOfClass(raised, class *node, depth int) bool {
	own := r.ownClass(raised)
	return own != nil && depth <= maxNesting && (own == class || slices.ContainsFunc(own.items[:min(len(own.items), 4)], func(base *node) bool {
		return r.isOfClass(base, class, depth+1)
	}))
}

// ownClass returns the class of the module that a name is, or nil.
func (r *reader) ownClass(n *node) *node {
	if n.kind != nodeName {
		return nil
	}
	if value := r.onlyValue(n); value != nil && value.kind == nodeClass {
		return value
	}
	return nil
}

// catchesBuiltin is catches for a class of Python's, by its name.
func (r *reader) catchesBuiltin(name string, t thrown) catch {
	if name == "Exception" || name == "BaseException" {
		return catch{certain: true, broad: true}
	}
	if t.class != nil {
		return r.catchesRaised(name, t.class, 0)
	}
	switch name {
	case "ValueError":
		return catch{certain: t.error == ValueError}
	case "KeyError", "LookupError":
		return catch{certain: t.error == KeyError}
	case "AttributeError":
		return catch{certain: t.error == KeyError && t.read.kind != nodeCall} // Box raises both in one
	}
	return catch{unknown: !isClassName(name)}
}

// catchesRaised is catchesBuiltin for what a handler raised: a class of that name, or one
// of the module with such a base.
func (r *reader) catchesRaised(name string, raised *node, depth int) (c catch) {
	own := r.ownClass(raised)
	if own == nil {
		return catch{certain: raised.name == name || name == "LookupError" && raised.name == "KeyError"}
	}
	for _, base := range own.items[:min(len(own.items), 4)] {
		if depth < maxNesting {
			c = c.or(r.catchesRaised(name, base, depth+1))
		}
	}
	return c
}

// isClassName reports whether a name is written as that of one class, such as
// HTTPError, and not as that of a constant or a variable with several.
func isClassName(name string) bool {
	return strings.ToUpper(name[:1]) == name[:1] && strings.ToLower(name[:1]) != name[:1] && strings.ToUpper(name) != name
}
