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
func (r *reader) catches(classes *node, e Error, read *node, depth int) catch {
	if r.steps++; classes == nil || classes.end > r.limit || depth > maxNesting || r.steps > maxSteps {
		return catch{unknown: true}
	}
	switch classes.kind {
	case nodeList, nodeSum, nodeStarred:
		return r.catchesAny(classes.items, e, read, depth+1)
	case nodeChoice:
		a, b := r.catches(classes.items[0], e, read, depth+1), r.catches(classes.items[2], e, read, depth+1)
		if a.certain && b.certain {
			return a.or(b)
		}
		return a.or(b).perhaps()
	case nodeIndex:
		if c := r.catches(classes.base, e, read, depth+1); c.certain {
			return c.perhaps()
		}
	case nodeCall:
		if first, _ := classes.argument(0, ""); first != nil && classes.base.kind == nodeName && containsWord("tuple list set frozenset", classes.base.name) {
			return r.catches(first, e, read, depth+1)
		}
	case nodeName, nodeAttr:
		return r.catchesNamed(classes, e, read, depth)
	case nodeClass:
		return catch{} // a subclass does not catch what its base does
	}
	return catch{unknown: true}
}

func (r *reader) catchesAny(classes []*node, e Error, read *node, depth int) (all catch) {
	for _, class := range classes[:min(len(classes), maxConditions)] {
		all = all.or(r.catches(class, e, read, depth))
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
		if scope, all := classes.scope.lookup(classes.name); scope != nil && len(all) == 1 {
			return r.isNested(all[0].value, within, depth+1)
		}
	}
	return false
}

func (r *reader) anyNested(classes []*node, within bool, depth int) bool {
	return slices.ContainsFunc(classes[:min(len(classes), maxConditions)], func(class *node) bool {
		return r.isNested(class, within, depth+1)
	})
}

// catchesNamed is catches for a name, or an attribute of a module.
func (r *reader) catchesNamed(class *node, e Error, read *node, depth int) catch {
	path := r.value(class).path
	if name, ok := strings.CutPrefix(path, "builtins."); ok {
		return catchesBuiltin(name, e, read)
	}
	if isPrefect(path) {
		_, name := splitPath(path)
		return catch{certain: e == ClientError && containsWord("ClientError PrefectError PrefectException", name)}
	}
	if class.kind == nodeName {
		switch scope, all := class.scope.lookup(class.name); {
		case scope == nil:
			return catchesBuiltin(class.name, e, read)
		case len(all) == 1 && all[0].value != nil:
			return r.catches(all[0].value, e, read, depth+1)
		default:
			return catch{unknown: !isClassName(class.name)}
		}
	}
	return catchesBuiltin(class.name, e, read)
}

// catchesBuiltin is catches for a class of Python's, by its name.
func catchesBuiltin(name string, e Error, read *node) catch {
	switch name {
	case "Exception", "BaseException":
		return catch{certain: true, broad: true}
	case "ValueError":
		return catch{certain: e == ValueError}
	case "KeyError", "LookupError":
		return catch{certain: e == KeyError}
	case "AttributeError":
		return catch{certain: e == KeyError && read.kind != nodeCall} // Box raises both in one
	}
	return catch{unknown: !isClassName(name)}
}

// isClassName reports whether a name is written as that of one class, such as
// HTTPError, and not as that of a constant or a variable with several.
func isClassName(name string) bool {
	return strings.ToUpper(name[:1]) == name[:1] && strings.ToLower(name[:1]) != name[:1] && strings.ToUpper(name) != name
}
