package pysource

import (
	"slices"
	"strings"
)

// simpleStatement reads an expression or an assignment, or skips a ; or @.
func (p *parser) simpleStatement() {
	if p.accept(";") || p.accept("@") {
		return
	}
	sides := []*node{p.exprList()}
	if p.accept(":") {
		p.expr()
	}
	for p.accept("=") {
		sides = append(sides, p.exprList())
	}
	if !p.atLineEnd() && strings.HasSuffix(p.textOf(p.peek()), "=") { // += and the like
		p.next++
		p.exprList()
		p.assign(sides[0], nil)
		return
	}
	last := len(sides) - 1
	for _, target := range sides[:last] {
		p.assign(target, sides[last])
	}
}

// exprList reads expressions with commas between them. It returns a list if there is
// a comma, else the expression.
func (p *parser) exprList() *node {
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

// assign binds the names in a target to value, which is nil if it is not certain. It
// marks the target's attributes and subscripts as stored to.
func (p *parser) assign(target, value *node) {
	switch target.kind {
	case nodeName:
		p.scope.bind(target.name, p.binding(value))
	case nodeAttr, nodeIndex:
		target.use = store
	case nodeList, nodeComputed: // nodeComputed: *rest
		for i, item := range target.items {
			p.assign(item, pairedValue(target, value, i))
		}
	}
}

// pairedValue returns the value of a target's item, or nil unless both sides are
// lists of the same length and the item is certain.
func pairedValue(target, value *node, i int) *node {
	if value == nil || target.kind != nodeList || value.kind != nodeList || len(target.items) != len(value.items) {
		return nil
	}
	for _, n := range []*node{target.items[i], value.items[i]} {
		if n.kind == nodeComputed {
			return nil
		}
	}
	return value.items[i]
}

// del reads a del, which leaves its names without a value.
func (p *parser) del() {
	p.next++
	target := p.exprList()
	p.assign(target, nil)
	p.markRemoved(target)
}

// markRemoved marks the attributes and subscripts of a del as removed, not stored to.
func (p *parser) markRemoved(target *node) {
	if target.use == store {
		target.use = remove
	}
	for _, item := range target.items {
		p.markRemoved(item)
	}
}

// imports reads a statement such as import a.b as c, d.
func (p *parser) imports() {
	p.next++
	for !p.atLineEnd() && !p.is(";") {
		module := p.dottedName()
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

// importsFrom reads a statement such as from a.b import c as d, e.
func (p *parser) importsFrom() {
	p.next++
	module := p.dottedName()
	if !p.accept("import") {
		return
	}
	p.accept("(")
	for !p.atLineEnd() && !p.is(";") && !p.is(")") {
		switch t := p.peek(); {
		case p.accept("*"):
			p.importStar(module)
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

// importStar binds what a module of Prefect's exports, and remembers the module for
// names that have no binding.
func (p *parser) importStar(module []string) {
	path := importPath(module)
	if path == "" {
		return
	}
	if len(p.starImports) < maxBindings && !slices.Contains(p.starImports, path) {
		p.starImports = append(p.starImports, path)
	}
	for _, name := range starExports[path] {
		p.importName(module, name)
	}
}

func (p *parser) bindImport(name string, module []string) {
	b := p.binding(nil)
	b.path = importPath(module)
	p.scope.bind(name, b)
}

// dottedName reads the name of a module. The first part of a relative one is ".".
func (p *parser) dottedName() []string {
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
