package pysource

// operand reads a primary with its calls, attributes and subscripts. It returns nil
// at an operator.
func (p *parser) operand() *node {
	n := p.atom()
	for n != nil && p.peek().kind == tokOp {
		switch {
		case p.is("."):
			n = p.attribute(n)
		case p.is("("):
			n = p.call(n)
		case p.is("["):
			n = p.index(n)
		default:
			return n
		}
	}
	return n
}

func (p *parser) atom() *node {
	t := p.peek()
	switch t.kind {
	case tokNumber:
		p.next++
		return &node{kind: nodeConstant, start: t.start, end: t.end}
	case tokShell:
		p.next++
		return p.record(&node{kind: nodeShell, start: t.start, end: t.end})
	case tokString, tokFStart:
		return p.adjacentStrings()
	case tokName:
		return p.nameOrKeyword()
	case tokOp:
		switch {
		case p.is("(") || p.is("[") || p.is("{"):
			return p.display()
		case p.accept("..."):
			return &node{start: t.start, end: t.end}
		}
	}
	return nil
}

// nameOrKeyword reads a name, a constant or a lambda. It returns nil at any other
// keyword.
func (p *parser) nameOrKeyword() *node {
	t := p.peek()
	switch word := p.textOf(t); {
	case word == "None" || word == "True" || word == "False":
		p.next++
		return &node{kind: nodeConstant, start: t.start, end: t.end}
	case word == "lambda":
		return p.lambda()
	case keywords[word] && !p.isAwaitName():
		return nil
	default:
		n := &node{kind: nodeName, start: t.start, end: t.end, name: word, scope: p.scope, token: p.next}
		p.next++
		if p.accept(":=") {
			return p.walrus(n)
		}
		return n
	}
}

// isAsync reports whether the next token is directly in an async def.
func (p *parser) isAsync() bool {
	f := p.region.inFunction()
	return f != nil && f.function != nil && f.function.async
}

// isAwaitName reports whether the next token is await or async as the name that it
// was up to Python 3.6.
func (p *parser) isAwaitName() bool {
	if !p.is("await") && !p.is("async") || p.isAsync() {
		return false
	}
	switch t := p.tokens[p.next+1]; {
	case t.kind == tokName:
		word := p.textOf(t)
		return keywords[word] && word != "None" && word != "True" && word != "False" && word != "lambda" && word != "await" &&
			(p.is("await") || word != "def" && word != "for" && word != "with")
	case t.kind == tokOp:
		return p.is("await") && p.isAt(p.next+1, "(") && !p.isAt(p.next+2, "yield") ||
			!p.isOneOfAt(p.next+1, "~", "(", "[", "{", "...")
	default:
		return t.kind == tokNewline || t.kind == tokEnd
	}
}

func (p *parser) isOneOfAt(i int, spellings ...string) bool {
	for _, s := range spellings {
		if p.isAt(i, s) {
			return true
		}
	}
	return false
}

// walrus reads the value of a := and binds its name outside of comprehensions.
func (p *parser) walrus(target *node) *node {
	value := p.expr()
	scope := p.scope
	for scope.kind == comprehensionScope {
		scope = scope.parent
	}
	scope.bind(target.name, p.binding(value))
	return value
}

// binding returns a binding that is visible from the next token on.
func (p *parser) binding(value *node) binding {
	return binding{token: p.next, block: p.block, value: value}
}

// lambda reads a lambda. Its defaults are read as if they were part of its body.
func (p *parser) lambda() *node {
	start := p.peek().start
	p.next++
	p.enter(functionScope)
	defer p.leave()
	n := &node{start: start}
	outer := p.within(region{kind: regionFunction, lambda: n})
	var order parameterOrder
	for !p.atEnd() && !p.is(":") {
		if name := p.parameterName(&order); name != "" {
			p.scope.bind(name, p.binding(nil))
			p.parameterDefault(&order)
		}
		if !p.is(":") && !p.accept(",") {
			p.failHere("a comma or a colon is expected here")
		}
	}
	p.expect(":")
	body := p.expr()
	p.region = outer
	n.end = body.end
	return n
}

// isIdentifier reports whether the next token is a name that something may have.
func (p *parser) isIdentifier() bool { return p.isIdentifierAt(p.next) }

func (p *parser) isIdentifierAt(i int) bool {
	t := p.tokens[i]
	return t.kind == tokName && (!keywords[p.textOf(t)] || p.isOneOfAt(i, "async", "await") && !p.isAsync())
}

// attribute reads .name after its base.
func (p *parser) attribute(base *node) *node {
	t := p.tokens[p.next+1]
	if !p.isIdentifierAt(p.next + 1) {
		p.failAt(p.next+1, "a name is expected after the dot")
		return base
	}
	p.next += 2
	return p.record(&node{kind: nodeAttr, start: base.start, end: t.end, base: base, name: p.textOf(t)})
}

// record adds an expression that may read a secret to p.nodes.
func (p *parser) record(n *node) *node {
	n.region = p.region
	p.nodes = append(p.nodes, n)
	return n
}

// expect skips an operator or a keyword, and fails if it is not next.
func (p *parser) expect(spelling string) {
	if p.accept(spelling) {
		return
	}
	p.failHere(map[string]string{
		":": "a colon is expected here", "in": "an in is expected here", "import": "an import is expected here",
	}[spelling])
}
