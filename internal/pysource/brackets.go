package pysource

// inBrackets calls readItem for what stands between the commas of brackets. A
// comprehension has a scope of its own.
func (p *parser) inBrackets(readItem func()) (commas int) {
	if p.peek().loop {
		p.enter(comprehensionScope)
		defer p.leave()
	}
	p.next++
	for !p.atEnd() && !p.closes() {
		readItem()
		if p.accept(",") {
			commas++
		} else if !p.closes() {
			p.failHere(betweenMissing)
		}
	}
	if p.atEnd() {
		p.next = max(p.next, len(p.tokens)-1)
		return commas
	}
	p.next++
	return commas
}

func (p *parser) closes() bool { return p.is(")") || p.is("]") || p.is("}") }

// call reads the arguments of a call of base.
func (p *parser) call(base *node) *node {
	n := &node{kind: nodeCall, start: base.start, base: base}
	since := p.mark()
	p.inBrackets(func() { n.args = append(n.args, p.argument()) })
	n.end = p.tokens[p.next-1].end
	if len(n.args) > 1 && expectsError(base) {
		p.wrap(since, region{kind: regionExpecting, cond: n})
	}
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
	p.comprehension()
	return a
}

// index reads a subscript of base.
func (p *parser) index(base *node) *node {
	n := &node{kind: nodeIndex, start: base.start, base: base}
	simple := !p.peek().loop
	open := p.next
	commas := p.inBrackets(func() {
		if p.is(":") {
			simple = false
		} else {
			n.items = append(n.items, p.expr())
			p.comprehension()
		}
		for p.accept(":") {
			simple = false
			if !p.is(",") && !p.is("]") && !p.is(":") {
				p.expr()
			}
		}
	})
	if p.next == open+2 && p.problem == nil {
		p.failAt(open+1, expressionExpected)
	}
	if !simple || len(n.items) > 1 || commas > 0 {
		n.items = nil
	}
	n.end = p.tokens[p.next-1].end
	return p.record(n)
}

// display reads a list, tuple, set or dict, or an expression in parentheses.
func (p *parser) display() *node {
	open := p.peek()
	n := &node{kind: nodeList, start: open.start}
	commas := p.inBrackets(func() { p.displayItem(n) })
	n.end = p.tokens[p.next-1].end
	switch {
	case open.loop:
		n.kind, n.items, n.values = nodeComputed, nil, nil
	case p.src[open.start] == '{' && len(n.items) == 0:
		n.kind = nodeDict
	case p.src[open.start] == '(' && len(n.items) == 1 && commas == 0:
		return n.items[0]
	}
	return n
}

// displayItem reads an item of a display, or the key and the value of one of a dict.
func (p *parser) displayItem(n *node) {
	if p.accept("**") {
		n.kind = nodeDict
		n.items, n.values = append(n.items, p.expr()), append(n.values, nil)
		p.comprehension()
		return
	}
	n.items = append(n.items, p.expr())
	if p.accept(":") {
		n.kind = nodeDict
		n.values = append(n.values, p.expr())
	}
	p.comprehension()
}
