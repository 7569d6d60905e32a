package pysource

func (p *parser) class() context {
	p.next++
	p.bindNext()
	p.typeParameters()
	if p.is("(") {
		p.within(func() { p.argument() })
	}
	if !p.head() {
		return context{}
	}
	inner := newScope(p.scope, classScope)
	return context{inner, p.block}
}

// bindNext binds the name that a def or class gives.
func (p *parser) bindNext() {
	if t := p.peek(); t.kind == tokName {
		p.next++
		p.scope.bind(p.textOf(t), p.binding(nil))
	}
}

func (p *parser) typeParameters() {
	if p.is("[") {
		p.within(func() { p.expr() })
	}
}

// function reads a def up to its body. Defaults and annotations stand in the
// scope around it.
func (p *parser) function() context {
	p.next++
	p.bindNext()
	p.typeParameters()
	inner := context{newScope(p.scope, functionScope), p.newBlock()}
	if p.is("(") {
		p.within(func() { p.definedParameter(inner) })
	}
	if !p.head() {
		return context{}
	}
	return inner
}

func (p *parser) definedParameter(inner context) {
	t := p.peek()
	p.next++
	if t.kind != tokName {
		return
	}
	inner.scope.bind(p.textOf(t), binding{token: p.next, block: inner.block})
	if p.accept(":") {
		p.expr()
	}
	if p.accept("=") {
		p.expr()
	}
}

// declaration reads global or nonlocal names.
func (p *parser) declaration(word string) {
	p.next++
	for ; !p.lineOver() && !p.is(";"); p.next++ {
		if t := p.peek(); t.kind == tokName {
			p.declare(p.textOf(t), word == "global")
		}
	}
}

func (p *parser) declare(name string, global bool) {
	in := p.scope.enclosing(name)
	if global {
		for in = p.scope; in.parent != nil; {
			in = in.parent
		}
	}
	if in != nil && in != p.scope {
		p.scope.elsewhere[name] = in
	}
}

// startsOperand reports whether a token can be nothing but the first of an
// expression: what stands before it is a keyword here.
func (p *parser) startsOperand(t token) bool {
	word := p.textOf(t)
	switch t.kind {
	case tokName:
		return !keywords[word] || word == "lambda" || word == "None" || word == "True" || word == "False"
	case tokText, tokNumber, tokFStart:
		return true
	}
	return t.kind == tokOp && word == "{"
}

// isCase reports whether the word case begins a part of a match, and is no name.
func (p *parser) isCase() bool {
	for i := p.next + 1; i < len(p.tokens); i++ {
		switch {
		case p.isAt(i, ":"):
			return i > p.next+1
		case p.tokens[i].kind == tokNewline || p.isAt(i, ";") || i == p.next+1 && (p.isAt(i, ".") || p.isAt(i, "=")):
			return false
		}
	}
	return false
}

// matchCase reads a pattern, which binds each name in it that is neither called
// nor part of another, and its guard.
func (p *parser) matchCase() context {
	body := context{p.scope, p.newBlock()}
	depth := 0
	for p.next++; !p.lineOver() && !(depth == 0 && (p.is(":") || p.is("if"))); p.next++ {
		t := p.peek()
		switch {
		case t.kind == tokName && !keywords[p.textOf(t)] && !p.isAt(p.next-1, ".") && !p.isAt(p.next+1, ".") && !p.isAt(p.next+1, "(") && !p.isAt(p.next+1, "="):
			p.scope.bind(p.textOf(t), binding{token: p.next, block: body.block})
		case p.is("(") || p.is("[") || p.is("{"):
			depth++
		case p.is(")") || p.is("]") || p.is("}"):
			depth--
		}
	}
	if !p.head() {
		return context{}
	}
	return body
}
