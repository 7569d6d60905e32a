package pysource

import (
	"slices"
	"strings"
)

const (
	maxConditions = 64  // operands of an and or an or that are considered
	maxNesting    = 16  // conditions inside one another that are considered
	maxSteps      = 512 // conditions that are considered for one read
)

// isGuarded reports whether a region is only reached if a secret exists: by conditions
// around it, or around all calls of the function that it is in.
func (r *reader) isGuarded(at *region, name string, by *node, depth int) bool {
	r.steps = 0
	var function *region
	for range maxRegions {
		switch {
		case at == nil && r.skipsModule(name):
			return true
		case at == nil:
			return function != nil && depth < maxNesting && r.areGuarded(function, name, by, depth+1)
		case at.kind == regionIf && r.implies(at.cond, !at.negated, name, 0), r.skipsWithout(at.decorators, name):
			return true
		case at.kind == regionFunction && function == nil && !at.isCalled():
			function = at
		}
		at = at.parent
	}
	return false
}

// areGuarded reports whether a function is only called if a secret exists.
func (r *reader) areGuarded(of *region, name string, by *node, depth int) bool {
	places, complete := r.callersOf(of, by)
	return complete && r.follows(places) && !slices.ContainsFunc(places, func(place *node) bool { return !r.isGuarded(place.region, name, nil, depth) })
}

// skipsWithout reports whether a decorator of a test skips it if a secret does not exist.
func (r *reader) skipsWithout(decorators []*node, name string) bool {
	return slices.ContainsFunc(decorators[:min(len(decorators), maxConditions)], func(d *node) bool {
		return r.skipMarkSkips(r.managerOf(d), name)
	})
}

// skipsModule reports whether pytestmark of the module skips its tests if a secret does not
// exist.
func (r *reader) skipsModule(name string) bool {
	all := r.scope.bindings["pytestmark"]
	if len(all) != 1 || all[0].value == nil {
		return false
	}
	if mark := all[0].value; mark.kind != nodeList {
		return r.skipsWithout([]*node{mark}, name)
	}
	return r.skipsWithout(all[0].value.items, name)
}

// skipMarkSkips is skipsWithout for skip, skipIf(condition), skipUnless(condition) and the
// marks of pytest.
func (r *reader) skipMarkSkips(mark *node, name string) bool {
	if mark.kind != nodeCall {
		return (mark.kind == nodeAttr || mark.kind == nodeName) && mark.name == "skip"
	}
	first, _ := mark.argument(0, "condition")
	switch mark.base.name {
	case "skip":
		return true
	case "skipif", "skipIf":
		return first != nil && r.implies(first, false, name, 0)
	case "skipUnless":
		return first != nil && r.implies(first, true, name, 0)
	}
	return false
}

// implies reports whether a secret exists if a condition holds or, with holds false,
// if it does not.
func (r *reader) implies(cond *node, holds bool, name string, depth int) bool {
	if depth, r.steps = depth+1, r.steps+1; depth > maxNesting || r.steps > maxSteps || cond.end > r.limit {
		return false
	}
	switch cond.kind {
	case nodeNot:
		return r.implies(cond.items[0], !holds, name, depth)
	case nodeAnd, nodeOr:
		return r.allImply(cond, holds, name, depth)
	case nodeCompare:
		return r.comparisonImplies(cond, holds, name, depth)
	case nodeLooped:
		return !holds && len(cond.items) == 2 && r.implies(cond.items[1], false, name, depth) // a list of what fails a condition
	case nodeName:
		if target := r.onlyValue(cond); target != nil {
			return r.implies(target, holds, name, depth)
		}
	case nodeCall:
		return holds && r.asksFor(cond, name, depth) || !holds && r.deniesAny(cond, name, depth)
	}
	return false
}

// allImply is implies for operands with and or or between them.
func (r *reader) allImply(cond *node, holds bool, name string, depth int) bool {
	every := (cond.kind == nodeAnd) != holds
	for _, item := range cond.items[:min(len(cond.items), maxConditions)] {
		if r.implies(item, holds, name, depth) != every {
			return !every
		}
	}
	return every && len(cond.items) <= maxConditions
}

// deniesAny reports whether a call is any of a generator whose items do not hold only if a
// secret exists.
func (r *reader) deniesAny(call *node, name string, depth int) bool {
	if call.base.name != "any" || len(call.args) != 1 {
		return false
	}
	asked := call.args[0].value
	return asked.kind == nodeLooped && len(asked.items) == 1 && r.implies(asked.items[0], false, name, depth)
}

// onlyValue returns what a name is, if it is assigned once.
func (r *reader) onlyValue(n *node) *node {
	if _, all := n.scope.lookup(n.name); len(all) == 1 {
		return all[0].value
	}
	return nil
}

// comparisonImplies is implies for "A" in prefect.context.secrets, and for a
// comparison of Secret("A").exists() or of a get with a constant.
func (r *reader) comparisonImplies(cond *node, holds bool, name string, depth int) bool {
	left, right := cond.items[0], cond.items[1]
	switch cond.name {
	case "in", "not in":
		return holds == (cond.name == "in") && r.isKeyOf(left, right, name)
	case "is", "==", "is not", "!=":
		equal := holds == (cond.name == "is" || cond.name == "==")
		switch r.src[right.start:right.end] {
		case "True":
			return r.implies(left, equal, name, depth)
		case "False", "None":
			return r.implies(left, !equal, name, depth)
		}
	}
	return false
}

// isKeyOf reports whether an expression is the name of a secret, as a key of the context's
// secrets, or the variable that sets it, as one of the environment.
func (r *reader) isKeyOf(key, of *node, name string) bool {
	names := r.strings(key)
	switch path := r.value(of).path; {
	case isSecrets(path):
		return slices.Contains(names, name)
	case path == environPath:
		return slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, secretsPrefix+name) })
	}
	return false
}

// asksFor reports whether the result of a call is only true if a secret exists.
func (r *reader) asksFor(call *node, name string, depth int) bool {
	switch base := call.base; {
	case base.kind == nodeName && len(call.args) == 1 && containsWord("bool all", base.name):
		if asked := call.args[0].value; asked.kind != nodeLooped || base.name == "all" && len(asked.items) == 1 {
			return r.implies(elementOf(asked), true, name, depth)
		}
		return false
	case r.callee(call) == getenvPath:
		first, _ := call.argument(0, "")
		return r.isKeyOf(first, &node{value: &value{path: environPath}}, name)
	case base.kind == nodeName && len(call.args) == 2 && base.name == "hasattr":
		return isSecrets(r.value(call.args[0].value).path) && r.value(call.args[1].value).str == name
	case base.kind != nodeAttr:
		return false
	case base.name == "exists":
		return slices.ContainsFunc(r.readOf[r.value(base.base).secret], func(i int) bool { return r.module.Reads[i].Name == name })
	case base.name == "get":
		first, _ := call.argument(0, "")
		return r.isKeyOf(first, base.base, name)
	}
	return false
}

// elementOf returns what all items of a generator are, or any other expression itself.
func elementOf(n *node) *node {
	if n.kind == nodeLooped {
		return n.items[0]
	}
	return n
}

// findTested finds the calls whose result decides what the code does: for those of
// get, the secret may be missing.
func (r *reader) findTested() {
	for _, cond := range r.conditions {
		r.test(cond, 0)
	}
}

// test does that for one condition, once, or for a value that it looks at.
func (r *reader) test(cond *node, depth int) {
	if cond == nil || depth > maxNesting || cond.end > r.limit || r.tested[cond] {
		return
	}
	r.tested[cond] = true
	switch cond.kind {
	case nodeCompare:
		r.test(cond.items[0], depth+1)
	case nodeOr, nodeAnd:
		r.test(cond.items[len(cond.items)-1], depth+1) // the others are conditions of their own
	case nodeChoice:
		r.test(cond.items[0], depth+1)
		r.test(cond.items[2], depth+1)
	case nodeName:
		scope, all := cond.scope.lookup(cond.name)
		if scope == nil {
			return
		}
		for _, b := range reachingBindings(all, cond.token, cond.scope.frame() == scope.frame()) {
			r.test(b.value, depth+1)
		}
	}
}
