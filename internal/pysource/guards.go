package pysource

import "slices"

const (
	maxConditions = 64  // operands of an and or an or that are considered
	maxNesting    = 16  // conditions inside one another that are considered
	maxSteps      = 512 // conditions that are considered for one read
)

// isGuarded reports whether a region is only reached if a secret exists.
func (r *reader) isGuarded(at *region, name string) bool {
	r.steps = 0
	for range maxRegions {
		if at == nil {
			break
		}
		if at.kind == regionIf && r.implies(at.cond, !at.negated, name, 0) {
			return true
		}
		at = at.parent
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
		every := (cond.kind == nodeAnd) != holds
		for _, item := range cond.items[:min(len(cond.items), maxConditions)] {
			if r.implies(item, holds, name, depth) != every {
				return !every
			}
		}
		return every && len(cond.items) <= maxConditions
	case nodeCompare:
		return r.comparisonImplies(cond, holds, name, depth)
	case nodeName:
		if target := r.onlyValue(cond); target != nil {
			return r.implies(target, holds, name, depth)
		}
	case nodeCall:
		return holds && r.asksFor(cond, name, depth)
	}
	return false
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
		v := r.value(left)
		return v.isString && v.str == name && isSecrets(r.value(right).path) && holds == (cond.name == "in")
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

// asksFor reports whether the result of a call is only true if a secret exists.
func (r *reader) asksFor(call *node, name string, depth int) bool {
	switch base := call.base; {
	case base.kind == nodeName && len(call.args) == 1 && base.name == "bool":
		return r.implies(call.args[0].value, true, name, depth)
	case base.kind == nodeName && len(call.args) == 2 && base.name == "hasattr":
		return isSecrets(r.value(call.args[0].value).path) && r.value(call.args[1].value).str == name
	case base.kind != nodeAttr:
		return false
	case base.name == "exists":
		return slices.ContainsFunc(r.readOf[r.value(base.base).secret], func(i int) bool { return r.module.Reads[i].Name == name })
	case base.name == "get":
		first, _ := call.argument(0, "")
		return isSecrets(r.value(base.base).path) && r.value(first).str == name
	}
	return false
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
