package pysource

// operand reads a primary with its calls, attributes and subscripts. It returns nil
// at an operator.
func (p *parser) operand() *node {
	n := p.atom()
	for n != nil && p.peek().kind == tokOp {
		switch {
		case p.is(".") && p.tokens[p.next+1].kind == tokName:
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
	case tokString, tokFStart:
		return p.adjacentStrings()
	case tokName:
		return p.nameOrKeyword()
	case tokOp:
		if p.is("(") || p.is("[") || p.is("{") {
			return p.display()
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
	case keywords[word]:
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
	for !p.exprEnds() || p.is(",") {
		p.lambdaParameter()
	}
	p.accept(":")
	body := p.expr()
	return &node{start: start, end: body.end}
}

// lambdaParameter binds a parameter and reads its default, or skips another token.
func (p *parser) lambdaParameter() {
	if t := p.peek(); t.kind == tokName && !keywords[p.textOf(t)] {
		p.next++
		p.scope.bind(p.textOf(t), p.binding(nil))
		if p.accept("=") {
			p.expr()
		}
		return
	}
	p.next++
}

// attribute reads .name after its base.
func (p *parser) attribute(base *node) *node {
	t := p.tokens[p.next+1]
	p.next += 2
	return p.record(&node{kind: nodeAttr, start: base.start, end: t.end, base: base, name: p.textOf(t)})
}

// record adds an expression that may read a secret to p.nodes.
func (p *parser) record(n *node) *node {
	p.nodes = append(p.nodes, n)
	return n
}
