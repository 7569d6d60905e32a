package pysource

func (p *parser) class() suite {
	p.next++
	p.bindName()
	p.typeParameters()
	if p.is("(") {
		p.inBrackets(func() { p.argument() })
	}
	if !p.head() {
		return suite{}
	}
	inner := newScope(p.scope, classScope)
	return suite{inner, p.block}
}

// bindName binds the name after def or class.
func (p *parser) bindName() {
	if t := p.peek(); t.kind == tokName {
		p.next++
		p.scope.bind(p.textOf(t), p.binding(nil))
	}
}

func (p *parser) typeParameters() {
	if p.is("[") {
		p.inBrackets(func() { p.expr() })
	}
}

// function reads a def up to its body. Defaults and annotations belong to the scope
// around it.
func (p *parser) function() suite {
	p.next++
	p.bindName()
	p.typeParameters()
	inner := suite{newScope(p.scope, functionScope), p.newBlock()}
	if p.is("(") {
		p.inBrackets(func() { p.functionParameter(inner) })
	}
	if !p.head() {
		return suite{}
	}
	return inner
}

func (p *parser) functionParameter(inner suite) {
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
	for ; !p.atLineEnd() && !p.is(";"); p.next++ {
		if t := p.peek(); t.kind == tokName {
			p.declare(p.textOf(t), word == "global")
		}
	}
}

func (p *parser) declare(name string, global bool) {
	target := p.scope.enclosing(name)
	if global {
		for target = p.scope; target.parent != nil; {
			target = target.parent
		}
	}
	if target != nil && target != p.scope {
		p.scope.declared[name] = target
	}
}

// startsOperand reports whether a token can only be the first of an expression, so
// that match or type before it is a keyword.
func (p *parser) startsOperand(t token) bool {
	word := p.textOf(t)
	switch t.kind {
	case tokName:
		return !keywords[word] || word == "lambda" || word == "None" || word == "True" || word == "False"
	case tokString, tokNumber, tokFStart:
		return true
	}
	return t.kind == tokOp && word == "{"
}

// isCase reports whether the word case begins a pattern of a match, and is not a
// name.
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

// matchCase reads the pattern of a case, whose captures it binds, and its guard.
func (p *parser) matchCase() suite {
	body := suite{p.scope, p.newBlock()}
	p.next++
	for depth := 0; !p.atLineEnd(); p.next++ {
		if depth == 0 && (p.is(":") || p.is("if")) {
			break
		}
		switch {
		case p.is("(") || p.is("[") || p.is("{"):
			depth++
		case p.is(")") || p.is("]") || p.is("}"):
			depth--
		case p.isCapture():
			p.scope.bind(p.textOf(p.peek()), binding{token: p.next, block: body.block})
		}
	}
	if !p.head() {
		return suite{}
	}
	return body
}

// isCapture reports whether the next token, of a pattern, is a name that the pattern
// binds: not a class, a keyword argument or a part of a dotted name.
func (p *parser) isCapture() bool {
	t := p.peek()
	if t.kind != tokName || keywords[p.textOf(t)] || p.isAt(p.next-1, ".") {
		return false
	}
	return !p.isAt(p.next+1, ".") && !p.isAt(p.next+1, "(") && !p.isAt(p.next+1, "=")
}
