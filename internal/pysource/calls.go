package pysource

import "slices"

// callGraph is what the functions of a module are called by.
type callGraph struct {
	calls       map[*function][]*node // calls of a function, and what reads a property
	ofParameter map[*parameter][]*node
	passed      map[*function][]argumentOf // where a function is an argument
	arguments   map[*node]argumentOf       // of which call a lambda, an attribute or a call is an argument
	uses        map[string]int             // how often a name stands in the module, not behind a dot
}

// argumentOf is the place of an argument in a call.
type argumentOf struct {
	call     *node
	position int
	keyword  string
}

// graph returns the call graph, which it makes the first time.
func (r *reader) graph() *callGraph {
	if r.callGraph != nil {
		return r.callGraph
	}
	g := &callGraph{
		calls: map[*function][]*node{}, ofParameter: map[*parameter][]*node{}, passed: map[*function][]argumentOf{},
		arguments: map[*node]argumentOf{}, uses: map[string]int{},
	}
	r.callGraph = g
	for i, t := range r.tokens {
		if t.kind == tokName && (i == 0 || !r.isAt(i-1, ".")) {
			g.uses[r.textOf(t)]++
		}
	}
	for _, n := range r.nodes {
		switch {
		case n.end > r.limit:
		case n.kind == nodeCall:
			r.addCall(g, n)
		case n.kind == nodeAttr && n.use == load:
			if f := r.functionOf(n); f != nil && f.isProperty() {
				g.calls[f] = append(g.calls[f], n)
			}
		}
	}
	return g
}

func (r *reader) addCall(g *callGraph, n *node) {
	if f := r.functionOf(n.base); f != nil && !f.isProperty() {
		g.calls[f] = append(g.calls[f], n)
	}
	if p := r.parameterOf(n.base); p != nil {
		g.ofParameter[p] = append(g.ofParameter[p], n)
	}
	for i, a := range n.args {
		if a.unpacked {
			continue
		}
		place := argumentOf{n, i, a.name}
		g.arguments[a.value] = place
		if f := r.functionOf(a.value); f != nil {
			g.passed[f] = append(g.passed[f], place)
		}
	}
}

// callsOf returns the calls of a function.
func (r *reader) callsOf(f *function) []*node { return r.graph().calls[f] }

func (f *function) isProperty() bool { return f.hasDecorator("property cached_property") }

// hasDecorator reports whether a function has a decorator of one of some names.
func (f *function) hasDecorator(names string) bool {
	return slices.ContainsFunc(f.decorators, func(d *node) bool {
		if d.kind == nodeCall {
			d = d.base
		}
		return containsWord(names, d.name)
	})
}

// functionOf returns the function of the module that an expression is, or nil: one that
// a name is bound to once, or a method of a class of the module.
func (r *reader) functionOf(n *node) *function {
	switch n.kind {
	case nodeName:
		if _, all := n.scope.lookup(n.name); len(all) == 1 {
			return all[0].function
		}
	case nodeAttr:
		if class := r.classOf(n.base, 0); class != nil {
			return methodOf(class, n.name, map[*node]bool{})
		}
	}
	return nil
}

// parameterOf returns the parameter that an expression is, or nil.
func (r *reader) parameterOf(n *node) *parameter {
	if n.kind != nodeName {
		return nil
	}
	if _, all := n.scope.lookup(n.name); len(all) == 1 {
		return all[0].parameter
	}
	return nil
}

// classOf returns the class of the module that an expression is, or is an instance of,
// or nil.
func (r *reader) classOf(n *node, depth int) *node {
	if n == nil || depth > maxNesting || n.end > r.limit {
		return nil
	}
	switch n.kind {
	case nodeClass:
		return n
	case nodeCall:
		return r.classOf(n.base, depth+1)
	case nodeName:
		if p := r.parameterOf(n); p != nil && p.position == 0 && !p.of.hasDecorator("staticmethod") {
			return p.of.class
		}
		return r.classOf(r.onlyValue(n), depth+1)
	}
	return nil
}

// methodOf returns a method of a class or of its bases.
func methodOf(class *node, name string, seen map[*node]bool) *function {
	if seen[class] || len(seen) > maxConditions {
		return nil
	}
	seen[class] = true
	if all := class.scope.bindings[name]; len(all) > 0 {
		return all[len(all)-1].function
	}
	for _, base := range class.items {
		if base.kind != nodeName {
			continue
		}
		if _, all := base.scope.lookup(base.name); len(all) == 1 && all[0].value != nil && all[0].value.kind == nodeClass {
			if f := methodOf(all[0].value, name, seen); f != nil {
				return f
			}
		}
	}
	return nil
}

// given returns what a call gives a parameter, which may be its default, or nil.
func (p *parameter) given(call *node) *node {
	position := p.position
	if p.of.class != nil && !p.of.hasDecorator("staticmethod") {
		position--
	}
	if call.kind != nodeCall || p.several {
		return nil
	}
	value, unpacked := call.argument(position, p.name)
	if value == nil && !unpacked {
		return p.fallback
	}
	return value
}
