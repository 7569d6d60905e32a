package pysource

import (
	"slices"
	"strings"
)

// simple reads an expression or an assignment.
func (p *parser) simple() {
	if p.accept(";") || p.accept("@") {
		return
	}
	sides := []*node{p.exprs()}
	if p.accept(":") {
		p.expr()
	}
	for p.accept("=") {
		sides = append(sides, p.exprs())
	}
	if !p.lineOver() && strings.HasSuffix(p.textOf(p.peek()), "=") { // += and the like
		p.next++
		p.exprs()
		p.assign(sides[0], nil)
		return
	}
	last := len(sides) - 1
	for _, target := range sides[:last] {
		p.assign(target, sides[last])
	}
}

// exprs reads expressions with commas between them, as a list if there is a
// comma.
func (p *parser) exprs() *node {
	first := p.expr()
	if !p.is(",") {
		return first
	}
	n := &node{kind: nodeList, start: first.start, items: []*node{first}}
	for p.accept(",") {
		if !p.exprEnds() {
			n.items = append(n.items, p.expr())
		}
	}
	n.end = p.tokens[p.next-1].end
	return n
}

// assign binds the names of a target, to the value if it is known, and marks the
// places that it names as written to.
func (p *parser) assign(target, value *node) {
	switch target.kind {
	case nodeName:
		p.scope.bind(target.name, p.binding(value))
	case nodeAttr, nodeIndex:
		target.use = store
	case nodeList, computed: // computed: *rest
		for i, item := range target.items {
			p.assign(item, pairOf(target, value, i))
		}
	}
}

// pairOf is what the item of a target gets, if both sides are written out.
func pairOf(target, value *node, i int) *node {
	if value == nil || target.kind != nodeList || value.kind != nodeList || len(target.items) != len(value.items) {
		return nil
	}
	for _, n := range []*node{target.items[i], value.items[i]} {
		if n.kind == computed {
			return nil
		}
	}
	return value.items[i]
}

// del reads a del, after which its names have no value.
func (p *parser) del() {
	p.next++
	target := p.exprs()
	p.assign(target, nil)
	p.unset(target)
}

// unset marks the places of a del as removed rather than written to.
func (p *parser) unset(target *node) {
	if target.use == store {
		target.use = remove
	}
	for _, item := range target.items {
		p.unset(item)
	}
}

// imports reads import a.b as c, d.
func (p *parser) imports() {
	p.next++
	for !p.lineOver() && !p.is(";") {
		module := p.dotted()
		if alias, ok := p.alias(); ok {
			p.bindImport(alias, module)
		} else if len(module) > 0 {
			p.bindImport(module[0], module[:1])
		}
		if !p.accept(",") {
			return
		}
	}
}

// importsFrom reads from a.b import c as d, e.
func (p *parser) importsFrom() {
	p.next++
	module := p.dotted()
	if !p.accept("import") {
		return
	}
	p.accept("(")
	for !p.lineOver() && !p.is(";") && !p.is(")") {
		switch t := p.peek(); {
		case p.accept("*"):
			p.importAll(module)
		case t.kind == tokName:
			p.next++
			p.importName(module, p.textOf(t))
		default:
			p.next++
		}
	}
	p.accept(")")
}

func (p *parser) importName(module []string, name string) {
	as := name
	if alias, ok := p.alias(); ok {
		as = alias
	}
	p.bindImport(as, append(module[:len(module):len(module)], name))
}

// importAll binds what is known to be in a module of Prefect's, and remembers the
// module for names that nothing binds.
func (p *parser) importAll(module []string) {
	path := ours(module)
	if path == "" {
		return
	}
	if len(p.stars) < mostBindings && !slices.Contains(p.stars, path) {
		p.stars = append(p.stars, path)
	}
	for _, name := range exports[path] {
		p.importName(module, name)
	}
}

func (p *parser) bindImport(name string, module []string) {
	b := p.binding(nil)
	b.path = ours(module)
	p.scope.bind(name, b)
}

// dotted reads the name of a module. The dots of a relative one are its first
// part.
func (p *parser) dotted() []string {
	var parts []string
	if p.is(".") || p.is("...") {
		parts = []string{"."}
	}
	for {
		switch t := p.peek(); {
		case p.is(".") || p.is("..."):
		case t.kind == tokName && !keywords[p.textOf(t)]:
			parts = append(parts, p.textOf(t))
		default:
			return parts
		}
		p.next++
	}
}

func (p *parser) alias() (name string, ok bool) {
	if !p.accept("as") || p.peek().kind != tokName {
		return "", false
	}
	p.next++
	return p.textOf(p.tokens[p.next-1]), true
}
