package pysource

// inBrackets calls readItem until the brackets close. A comprehension has a scope of
// its own.
func (p *parser) inBrackets(readItem func()) {
	if p.peek().loop {
		p.enter(comprehensionScope)
		defer p.leave()
	}
	p.next++
	for !p.atEnd() && !p.is(")") && !p.is("]") && !p.is("}") {
		before := p.next
		readItem()
		if p.next == before {
			p.next++
		}
	}
	if !p.atEnd() {
		p.next++
	}
}

// call reads the arguments of a call of base.
func (p *parser) call(base *node) *node {
	n := &node{kind: nodeCall, start: base.start, base: base}
	p.inBrackets(func() {
		if !p.accept(",") {
			n.args = append(n.args, p.argument())
		}
	})
	n.end = p.tokens[p.next-1].end
	return p.record(n)
}

func (p *parser) argument() arg {
	a := arg{unpacked: p.is("*") || p.is("**")}
	switch t := p.peek(); {
	case a.unpacked:
		p.next++
	case t.kind == tokName && p.isAt(p.next+1, "="):
		a.name = p.textOf(t)
		p.next += 2
	}
	a.value = p.expr()
	return a
}

// index reads a subscript of base.
func (p *parser) index(base *node) *node {
	n := &node{kind: nodeIndex, start: base.start, base: base}
	simple := !p.peek().loop
	p.inBrackets(func() {
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
	return p.record(n)
}

// display reads a list, tuple, set or dict, or an expression in parentheses.
func (p *parser) display() *node {
	open := p.peek()
	n := &node{kind: nodeList, start: open.start}
	commas := 0
	p.inBrackets(func() {
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
		n.kind, n.items = nodeComputed, nil
	case p.src[open.start] == '(' && len(n.items) == 1 && commas == 0:
		return n.items[0]
	}
	return n
}
