package pysource

// within reads what is inside brackets, one piece at a time, until they close. A
// comprehension has a scope of its own.
func (p *parser) within(piece func()) {
	if p.peek().loop {
		p.enter(comprehensionScope)
		defer p.leave()
	}
	p.next++
	for !p.atEnd() && !p.is(")") && !p.is("]") && !p.is("}") {
		before := p.next
		piece()
		if p.next == before {
			p.next++
		}
	}
	if !p.atEnd() {
		p.next++
	}
}

// call reads the arguments after what is called.
func (p *parser) call(base *node) *node {
	n := &node{kind: nodeCall, start: base.start, base: base}
	p.within(func() {
		if !p.accept(",") {
			n.args = append(n.args, p.argument())
		}
	})
	n.end = p.tokens[p.next-1].end
	return p.keep(n)
}

func (p *parser) argument() arg {
	a := arg{stars: p.is("*") || p.is("**")}
	switch t := p.peek(); {
	case a.stars:
		p.next++
	case t.kind == tokName && p.isAt(p.next+1, "="):
		a.name = p.textOf(t)
		p.next += 2
	}
	a.value = p.expr()
	return a
}

// index reads a subscript.
func (p *parser) index(base *node) *node {
	n := &node{kind: nodeIndex, start: base.start, base: base}
	simple := !p.peek().loop
	p.within(func() {
		if p.is(",") || p.is(":") {
			simple = false
			return
		}
		n.items = append(n.items, p.expr())
	})
	if !simple || len(n.items) > 1 {
		n.items = nil
	}
	n.end = p.tokens[p.next-1].end
	return p.keep(n)
}

// display reads a list, tuple, set or dict, or an expression in brackets.
func (p *parser) display() *node {
	open := p.peek()
	n := &node{kind: nodeList, start: open.start}
	commas := 0
	p.within(func() {
		switch {
		case p.accept(","):
			commas++
		case p.is(":"):
			n.kind = nodeDict
			p.next++
			p.expr()
		default:
			n.items = append(n.items, p.expr())
		}
	})
	n.end = p.tokens[p.next-1].end
	switch {
	case open.loop:
		n.kind, n.items = computed, nil
	case p.src[open.start] == '(' && len(n.items) == 1 && commas == 0:
		return n.items[0]
	}
	return n
}

// strings reads texts and f-strings that stand side by side.
func (p *parser) strings() *node {
	n := &node{kind: nodeStrings, start: p.peek().start}
	for {
		switch t := p.peek(); t.kind {
		case tokText:
			n.items = append(n.items, &node{kind: nodeText, start: t.start, end: t.end})
			p.next++
		case tokFStart:
			n.items = append(n.items, p.format())
		default:
			n.end = p.tokens[p.next-1].end
			return n
		}
	}
}

// format reads an f-string.
func (p *parser) format() *node {
	from := p.next
	n := &node{kind: nodeFormat, start: p.peek().start}
	p.next++
	for {
		switch t := p.peek(); {
		case t.kind == tokFText:
			n.items = append(n.items, &node{kind: nodePart, start: t.start, end: t.end, token: from})
			p.next++
		case p.is("{"):
			n.items = append(n.items, p.field())
		default:
			if t.kind == tokFEnd {
				p.next++
			}
			n.end = p.tokens[p.next-1].end
			return n
		}
	}
}

// field reads a field of an f-string. One with more to it than an expression is
// computed.
func (p *parser) field() *node {
	start := p.next
	p.next++
	value := p.expr()
	if p.is("!") && p.isAt(p.next+1, "s") && p.isAt(p.next+2, "}") { // str(), which changes no text
		p.next += 2
	}
	if p.accept("}") {
		return value
	}
	for p.peek().kind != tokEnd && p.peek().kind != tokFEnd && !p.accept("}") {
		switch {
		case p.is("{"):
			p.field()
		case p.exprEnds():
			p.next++
		default:
			p.expr()
		}
	}
	return &node{start: p.tokens[start].start, end: p.tokens[p.next-1].end}
}
