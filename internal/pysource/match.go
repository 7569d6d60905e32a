package pysource

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

// isCase reports whether the word case begins a pattern of a match, and is not a name.
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
