package pysource

// startsOperand reports whether a token can only be the first of an expression, so
// that type before it is a keyword.
func (p *parser) startsOperand(t token) bool {
	return t.kind == tokName && !keywords[p.textOf(t)]
}

// isMatch reports whether the word match begins a statement, and is not a name: a
// colon ends its line.
func (p *parser) isMatch() bool {
	if p.isOneOfAt(p.next+1, "=", ".", ",", ":", ")") || p.tokens[p.next+1].kind == tokNewline {
		return false
	}
	i := p.next + 1
	for i < len(p.tokens)-1 && p.tokens[i].kind != tokNewline {
		i++
	}
	return p.isAt(i-1, ":")
}

// match is a match statement.
type match struct{ subject *node }

func (p *parser) match() *level {
	p.next++
	m := &match{p.exprList()}
	body := p.body()
	body.block, body.match = p.block, m
	return body
}

// matchCase reads the pattern of a case, whose captures it binds, and its guard.
func (p *parser) matchCase() *level {
	block := p.newBlock()
	p.next++
	first := p.next
	for depth := 0; !p.atLineEnd(); p.next++ {
		if depth == 0 && (p.is(":") || p.is("if")) {
			break
		}
		switch {
		case p.is("(") || p.is("[") || p.is("{"):
			depth++
		case p.closes():
			depth--
		case p.isCapture():
			p.scope.bind(p.textOf(p.peek()), binding{token: p.next, block: block})
		}
	}
	if p.next == first {
		p.failHere("a pattern is expected here")
	}
	outer, pattern := p.region, p.src[p.tokens[first].start:max(p.tokens[first].start, p.tokens[p.next-1].end)]
	matched := pattern == "True"
	if matched || pattern == "False" || pattern == "None" {
		p.within(region{kind: regionIf, cond: p.condition(p.level.match.subject), negated: !matched})
		if !p.is("if") {
			outer = p.excludingCase(outer, matched)
		}
	}
	if p.accept("if") {
		p.within(region{kind: regionIf, cond: p.condition(p.expr())})
	}
	body := p.body()
	body.block, p.region = block, outer
	return body
}

// excludingCase returns the region of the cases below one that has True, False or None.
func (p *parser) excludingCase(outer *region, matched bool) *region {
	inner := p.region
	p.region = outer
	p.within(region{kind: regionIf, cond: p.level.match.subject, negated: matched})
	outer, p.region = p.region, inner
	p.level.region = outer
	return outer
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
