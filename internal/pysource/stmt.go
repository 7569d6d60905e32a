package pysource

// suite is the scope and the block of a compound statement's body.
type suite struct {
	scope *scope
	block *block
}

// parse reads a module.
func parse(s *scanner) *parser {
	p := &parser{scanner: s, block: &block{end: len(s.tokens)}}
	p.enter(moduleScope)
	var outer []suite
	var body suite
	for p.peek().kind != tokEnd {
		switch p.peek().kind {
		case tokIndent:
			outer = append(outer, suite{p.scope, p.block})
			if body.scope != nil {
				p.scope, p.block = body.scope, body.block
			}
			p.next++
		case tokDedent:
			p.restore(outer[len(outer)-1])
			outer = outer[:len(outer)-1]
			p.next++
		default:
			body = p.line()
			continue
		}
		body = suite{}
	}
	return p
}

// restore goes back to an outer suite and ends the blocks inside it.
func (p *parser) restore(outer suite) {
	for p.block != outer.block {
		p.block.end = p.next
		p.block = p.block.parent
	}
	p.scope = outer.scope
}

// newBlock returns a block that begins with the next token. Until restore ends it,
// it reaches to the end of the text.
func (p *parser) newBlock() *block {
	return &block{parent: p.block, start: p.next, end: len(p.tokens)}
}

// line reads a logical line. It returns the suite of the lines below, if the line
// opens one.
func (p *parser) line() (body suite) {
	outer, first := suite{p.scope, p.block}, p.next
	for !p.atLineEnd() {
		before := p.next
		body = p.statement()
		switch {
		case body.scope != nil && before > first:
			p.fail("a statement with a body must begin its line", p.tokens[before].start, p.tokens[before].end)
		case body.scope != nil && !p.atLineEnd():
			p.scope, p.block = body.scope, body.block
		}
		if p.next == before {
			p.next++
		}
	}
	p.restore(outer)
	if p.peek().kind == tokNewline {
		p.next++
	}
	return body
}

func (p *parser) atLineEnd() bool {
	switch p.peek().kind {
	case tokEnd, tokNewline, tokIndent, tokDedent:
		return true
	}
	return false
}

// statement reads a statement; of a compound one, what is before its body.
func (p *parser) statement() (body suite) {
	p.accept("async")
	t := p.peek()
	if t.kind != tokName {
		p.simpleStatement()
		return suite{}
	}
	switch word := p.textOf(t); word {
	case "def":
		return p.function()
	case "class":
		return p.class()
	case "if", "elif", "else", "while", "for", "try", "except", "with", "finally":
		return p.compound(word)
	case "import":
		p.imports()
	case "from":
		p.importsFrom()
	case "global", "nonlocal":
		p.declaration(word)
	case "del":
		p.del()
	default:
		if word == "case" && p.isCase() {
			return p.matchCase()
		}
		if (word == "match" || word == "type") && p.startsOperand(p.tokens[p.next+1]) {
			p.next++
		}
		p.simpleStatement()
	}
	return suite{}
}

// compound reads the head of a statement whose body has no scope of its own. The
// bodies of with and finally run whenever the code around them does.
func (p *parser) compound(word string) suite {
	p.next++
	if word == "for" {
		p.targets()
	}
	if !p.head() {
		return suite{}
	}
	if word == "with" || word == "finally" {
		return suite{p.scope, p.block}
	}
	return suite{p.scope, p.newBlock()}
}

// head reads expressions up to the colon before a body, and reports whether there is
// a colon.
func (p *parser) head() bool {
	for !p.atLineEnd() {
		if p.accept(":") {
			return true
		}
		before := p.next
		p.expr()
		if p.next == before {
			p.next++
		}
	}
	return false
}

// targets binds the targets of a for, up to its in.
func (p *parser) targets() {
	for !p.is("in") && (!p.exprEnds() || p.is(",")) {
		if target := p.operand(); target != nil {
			p.assign(target, nil)
			continue
		}
		p.next++
	}
}
