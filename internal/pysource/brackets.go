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
	n.args = p.arguments()
	n.end = p.tokens[p.next-1].end
	if len(n.args) > 1 && expectsError(base) {
		p.wrap(since, region{kind: regionExpecting, cond: n})
	}
	if base.kind == nodeAttr && base.name == "format" {
		p.noteText(n)
	}
	return p.record(n)
}

// arguments reads the arguments of a call or of a class.
func (p *parser) arguments() (args []arg) {
	var order argumentOrder
	p.inBrackets(func() {
		first := p.next
		a := p.argument()
		if !order.allows(a) {
			p.failAt(first, "a positional argument must come before keyword arguments")
		}
		args = append(args, a)
	})
	return args
}

// argumentOrder is what stood before an argument: name=value, or **value.
type argumentOrder struct{ named, doubled bool }

// allows reports whether an argument may be the next one.
func (o *argumentOrder) allows(a arg) bool {
	switch {
	case a.stars:
		o.doubled = true
	case a.unpacked:
		return !o.doubled
	case a.name != "":
		o.named = true
	default:
		return !o.named && !o.doubled
	}
	return true
}

func (p *parser) argument() arg {
	a := arg{unpacked: p.is("*") || p.is("**"), stars: p.is("**")}
	switch t := p.peek(); {
	case a.unpacked:
		p.next++
		if p.is("*") || p.is("**") {
			p.failHere(expressionExpected)
		}
	case t.kind == tokName && p.isAt(p.next+1, "="):
		if !p.isIdentifier() {
			p.failHere("the name of a parameter is expected here")
			return a
		}
		a.name = p.textOf(t)
		p.next += 2
	}
	start, since := p.next, p.mark()
	a.value = p.expr()
	if conds, found := p.comprehension(since); found {
		a.value = p.covering(start, nodeLooped, append([]*node{a.value}, conds...)...)
		if a.name != "" {
			p.failHere("a comprehension must be in brackets here")
		}
	}
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
		}
		for colons := 0; colons < 2 && p.accept(":"); colons++ {
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
	first := p.next + 1
	commas := p.inBrackets(func() { p.displayItem(n, p.src[open.start]) })
	n.end = p.tokens[p.next-1].end
	if p.src[open.start] == '(' && commas == 0 && len(n.items) == 1 && n.items[0].kind == nodeStarred {
		p.failAt(first, "this * needs a comma behind it, or no brackets")
	}
	switch {
	case n.kind == nodeLooped:
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
func (p *parser) displayItem(n *node, bracket byte) {
	first, since := p.next, p.mark()
	if bracket == '(' && p.is("yield") {
		n.items = append(n.items, p.yieldOrList())
		return
	}
	isDict, texts := bracket == '{' && p.accept("**"), len(p.texts)
	item := p.expr()
	n.items = append(n.items, item)
	switch {
	case isDict:
		n.values = append(n.values, nil)
	case bracket == '{' && item.kind != nodeStarred && p.accept(":"):
		isDict, p.texts = true, p.texts[:texts] // nothing resolves a reference in a key
		n.values = append(n.values, p.expr())
	}
	if isDict && len(n.values) < len(n.items) || !isDict && len(n.values) > 0 {
		p.failAt(first, "an item of a dict is a key and a value")
	}
	if isDict {
		n.kind = nodeDict
	}
	conds, found := p.comprehension(since)
	if found && p.peek().kind != tokEnd && (len(n.items) > 1 || !p.closes() || item.kind == nodeStarred || isDict && n.values[0] == nil) {
		p.failAt(first, "a comprehension must be alone in its brackets, without a * in front")
	}
	if found {
		n.kind, n.items, n.values = nodeLooped, append(n.items[:1:1], conds...), nil
	}
	if found && bracket == '(' {
		p.wrap(since, region{kind: regionDeferred})
	}
}
