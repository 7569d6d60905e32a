package pysource

// context is where the body of a compound statement stands.
type context struct {
	scope *scope
	block *block
}

// parse reads a whole module.
func parse(s *scanner) *parser {
	p := &parser{scanner: s, block: &block{end: len(s.tokens)}}
	p.enter(moduleScope)
	var around []context
	var body context
	for p.peek().kind != tokEnd {
		switch p.peek().kind {
		case tokIndent:
			around = append(around, context{p.scope, p.block})
			if body.scope != nil {
				p.scope, p.block = body.scope, body.block
			}
			p.next++
		case tokDedent:
			p.restore(around[len(around)-1])
			around = around[:len(around)-1]
			p.next++
		default:
			body = p.line()
			continue
		}
		body = context{}
	}
	return p
}

// restore goes back to an outer context and ends the blocks within it.
func (p *parser) restore(outer context) {
	for p.block != outer.block {
		p.block.end = p.next
		p.block = p.block.parent
	}
	p.scope = outer.scope
}

// newBlock is one that begins with the next token. Until it ends it goes on to
// the end of the text.
func (p *parser) newBlock() *block {
	return &block{parent: p.block, start: p.next, end: len(p.tokens)}
}

// line reads a logical line and says where the body stands that it opens on the
// lines below, if it does.
func (p *parser) line() (body context) {
	outer, first := context{p.scope, p.block}, p.next
	for !p.lineOver() {
		before := p.next
		body = p.statement()
		switch {
		case body.scope != nil && before > first:
			p.fail("a statement with a body must begin its line", p.tokens[before].start, p.tokens[before].end)
		case body.scope != nil && !p.lineOver():
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

func (p *parser) lineOver() bool {
	switch p.peek().kind {
	case tokEnd, tokNewline, tokIndent, tokDedent:
		return true
	}
	return false
}

// statement reads one, of a compound statement what stands before its body.
func (p *parser) statement() (body context) {
	p.accept("async")
	t := p.peek()
	if t.kind != tokName {
		p.simple()
		return context{}
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
		p.simple()
	}
	return context{}
}

// compound reads the head of a statement whose body is no scope. The bodies of
// with and finally run whenever what is around them does.
func (p *parser) compound(word string) context {
	p.next++
	if word == "for" {
		p.targets()
	}
	if !p.head() {
		return context{}
	}
	if word == "with" || word == "finally" {
		return context{p.scope, p.block}
	}
	return context{p.scope, p.newBlock()}
}

// head reads expressions up to the colon before a body and reports whether there
// is one.
func (p *parser) head() bool {
	for !p.lineOver() {
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

// targets binds what a for assigns to, up to its in.
func (p *parser) targets() {
	for !p.is("in") && (!p.exprEnds() || p.is(",")) {
		if target := p.operand(); target != nil {
			p.assign(target, nil)
			continue
		}
		p.next++
	}
}
