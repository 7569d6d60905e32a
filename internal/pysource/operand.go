package pysource

// operand reads a primary with its calls, attributes and subscripts; nil is an
// operator.
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
		return &node{kind: nodeInert, start: t.start, end: t.end}
	case tokText, tokFStart:
		return p.strings()
	case tokName:
		return p.word()
	case tokOp:
		if p.is("(") || p.is("[") || p.is("{") {
			return p.display()
		}
	}
	return nil
}

// word reads a name, a constant or a lambda; nil is another keyword.
func (p *parser) word() *node {
	t := p.peek()
	switch word := p.textOf(t); {
	case word == "None" || word == "True" || word == "False":
		p.next++
		return &node{kind: nodeInert, start: t.start, end: t.end}
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

// walrus reads what a := gives a name. The name is bound around comprehensions.
func (p *parser) walrus(target *node) *node {
	value := p.expr()
	around := p.scope
	for around.kind == comprehensionScope {
		around = around.parent
	}
	around.bind(target.name, p.binding(value))
	return value
}

// binding is one that what follows the last token sees.
func (p *parser) binding(value *node) binding {
	return binding{token: p.next, block: p.block, value: value}
}

// lambda reads one. Its defaults are read as if they stood in it.
func (p *parser) lambda() *node {
	start := p.peek().start
	p.next++
	p.enter(functionScope)
	defer p.leave()
	for !p.exprEnds() || p.is(",") {
		p.parameter()
	}
	p.accept(":")
	body := p.expr()
	return &node{start: start, end: body.end}
}

// parameter binds one parameter and reads its default, or steps over what is none.
func (p *parser) parameter() {
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
	return p.keep(&node{kind: nodeAttr, start: base.start, end: t.end, base: base, name: p.textOf(t)})
}

// keep appends an expression that may read a secret.
func (p *parser) keep(n *node) *node {
	p.nodes = append(p.nodes, n)
	return n
}
