package pysource

import "slices"

// assign binds the names in a target to value, which is nil if it is not certain. It
// marks the target's attributes and subscripts as stored to.
func (p *parser) assign(target, value *node) {
	switch target.kind {
	case nodeName:
		p.scope.bind(target.name, p.binding(value))
	case nodeAttr, nodeIndex:
		target.use, target.assigned = store, value
	case nodeList:
		for i, item := range target.items {
			p.assign(item, pairedValue(target, value, i))
		}
	case nodeStarred:
		p.assign(target.items[0], nil)
	default:
		p.fail("nothing can be assigned to this", target.start, target.end)
	}
}

// pairedValue returns the value of a target's item, or nil unless both sides are
// lists of the same length and the item is certain.
func pairedValue(target, value *node, i int) *node {
	isStarred := func(n *node) bool { return n.kind == nodeStarred }
	if value != nil && (value.kind == nodeItem || value.kind == nodeElement) && !slices.ContainsFunc(target.items[:i+1], isStarred) {
		return &node{kind: nodeElement, items: []*node{value}, index: i}
	}
	if value == nil || target.kind != nodeList || value.kind != nodeList || len(target.items) != len(value.items) {
		return nil
	}
	for _, n := range []*node{target.items[i], value.items[i]} {
		if n.kind == nodeComputed || n.kind == nodeStarred {
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
	start := p.peek().start
	p.next++
	for {
		if p.is(".") || p.is("...") {
			p.failHere(moduleExpected)
			return
		}
		module := p.dottedName()
		if len(module) == 0 {
			p.failHere(moduleExpected)
			return
		}
		alias, ok := p.alias()
		p.noteImport(module, start)
		if ok {
			p.bindImport(alias, module)
		} else {
			p.bindImport(module[0], module[:1])
		}
		if !p.accept(",") {
			return
		}
	}
}

const moduleExpected = "the name of a module is expected here"

// importsFrom reads a statement such as from a.b import c as d, e.
func (p *parser) importsFrom() {
	start := p.peek().start
	p.next++
	module := p.dottedName()
	if len(module) == 0 {
		p.failHere(moduleExpected)
		return
	}
	p.noteImport(module, start)
	p.expect("import")
	if p.accept("*") {
		p.importStar(module)
		return
	}
	open := p.accept("(")
	for {
		if !p.isIdentifier() {
			p.failHere("a name is expected here")
			return
		}
		p.next++
		p.importName(module, p.textOf(p.tokens[p.next-1]))
		if !p.accept(",") || open && p.is(")") {
			break
		}
	}
	if open && !p.accept(")") {
		p.failHere(betweenMissing)
	}
}

// noteImport remembers where the module that is read imports Prefect: it reads the
// environment then, and never again. What is imported for a type checker never runs.
func (p *parser) noteImport(module []string, start int) {
	at := p.region.inCondition()
	if module[0] != "prefect" || p.imported[at] != nil {
		return
	}
	if at == nil || at.kind != regionIf || at.negated || at.cond.name != "TYPE_CHECKING" {
		p.imported[at] = &start
	}
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
	for p.accept(".") || p.accept("...") {
		parts = []string{"."}
	}
	if len(parts) > 0 && p.is("import") {
		return parts
	}
	for p.isIdentifier() {
		parts = append(parts, p.textOf(p.peek()))
		p.next++
		if !p.accept(".") {
			return parts
		}
	}
	return nil
}

func (p *parser) alias() (name string, ok bool) {
	if !p.accept("as") {
		return "", false
	}
	if !p.isIdentifier() {
		p.failHere("a name is expected here")
		return "", false
	}
	p.next++
	return p.textOf(p.tokens[p.next-1]), true
}
