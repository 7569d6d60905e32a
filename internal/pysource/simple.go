package pysource

import "strings"

// simpleStatement reads a statement without a body.
func (p *parser) simpleStatement() {
	p.level.jumps = false
	t := p.peek()
	if t.kind != tokName {
		if p.accept("@") {
			decorator := p.expr()
			decorator.applied = true
			p.level.decorators = append(p.level.decorators, decorator)
			return
		}
		p.assignment()
		return
	}
	switch word := p.textOf(t); word {
	case "import":
		p.imports()
	case "from":
		p.importsFrom()
	case "global", "nonlocal":
		p.declaration(word)
	case "del":
		p.del()
	case "pass":
		p.next++
	case "break", "continue":
		if word == "break" {
			p.level.breakLoop()
		}
		p.next++
		p.level.jumps = true
	case "return":
		p.next++
		if !p.atLineEnd() && !p.is(";") {
			p.noteReturn(p.exprList())
		}
		p.level.jumps = true
	case "raise":
		p.raise()
	case "assert":
		p.next++
		p.expr()
		if p.accept(",") {
			p.expr()
		}
	case "def", "class", "if", "elif", "else", "while", "for", "try", "except", "with", "finally":
		p.failHere("a statement with a body must begin its line")
	default:
		if word == "type" && p.startsOperand(p.tokens[p.next+1]) {
			p.typeAlias()
			return
		}
		p.assignment()
	}
}

func (p *parser) raise() {
	p.next++
	if p.atLineEnd() || p.is(";") {
		p.level.raises, p.level.raised = true, &node{kind: nodeName}
		return
	}
	raised := p.expr()
	if p.accept("from") {
		p.expr()
	}
	if p.level.jumps = skips(raised); !p.level.jumps {
		p.level.raises, p.level.raised = true, raised
	}
}

// noteReturn remembers what the function that is read returns.
func (p *parser) noteReturn(value *node) {
	if r := p.region.inFunction(); r != nil && r.function != nil {
		r.function.returns = append(r.function.returns, value)
	}
}

// skips reports whether an expression, raised or called, is by its name what ends a test
// or a task early without making it fail, such as pytest.skip or signals.SKIP.
func skips(n *node) bool {
	if n.kind == nodeCall {
		n = n.base
	}
	return (n.kind == nodeName || n.kind == nodeAttr) && containsWord("skip skiptest skipped xfail success", strings.ToLower(n.name))
}

// typeAlias reads a statement such as type A[T] = list[T].
func (p *parser) typeAlias() {
	p.next++
	p.identifier(nil)
	p.typeParameters()
	if !p.accept("=") {
		p.failHere(betweenMissing)
	}
	p.expr()
}

// identifier binds the name that is next.
func (p *parser) identifier(value *node) {
	if !p.isIdentifier() {
		p.failHere("a name is expected here")
		return
	}
	p.next++
	p.scope.bind(p.textOf(p.tokens[p.next-1]), p.binding(value))
}

// assignment reads an expression or an assignment.
func (p *parser) assignment() {
	first := p.statementList()
	switch {
	case p.is(":"):
		if first.kind != nodeName && first.kind != nodeAttr && first.kind != nodeIndex {
			p.failHere("only a single target can have a type")
		}
		p.next = min(p.next+1, len(p.tokens)-1)
		p.expr()
		if p.accept("=") {
			p.assign(first, p.statementList())
		}
		return
	case p.peek().kind == tokOp && isAugmented(p.textOf(p.peek())):
		merges := p.accept("|=")
		if !merges {
			p.next++
		}
		p.augment(first, p.statementList(), merges)
		return
	}
	sides := []*node{first}
	for p.accept("=") {
		sides = append(sides, p.statementList())
	}
	last := len(sides) - 1
	for _, target := range sides[:last] {
		p.assign(target, sides[last])
	}
	if last == 0 && first.kind == nodeCall {
		p.calls(first)
	}
}

// statementList reads a side of an assignment, where no assignment expression may be.
func (p *parser) statementList() *node {
	if p.isAt(p.next+1, ":=") {
		p.failAt(p.next+1, "an assignment with := must be in brackets here")
	}
	return p.yieldOrList()
}

// augment assigns to a target what an operator makes of it and a value. With |= a dict
// gets what another one has, as by update, and a name stays what it is.
func (p *parser) augment(target, value *node, merges bool) {
	if !merges || target.kind != nodeName {
		p.assign(target, nil)
		if merges && target.use == store {
			target.assigned = value
		}
		return
	}
	p.scope.bind(target.name, p.binding(target))
	update := &node{kind: nodeAttr, start: target.start, end: target.end, base: target, name: "update"}
	p.record(&node{kind: nodeCall, start: target.start, end: value.end, base: update, args: []arg{{value: value}}})
}

// calls takes a call that is a statement, which may decide about the lines below.
func (p *parser) calls(n *node) {
	switch {
	case endsProcess(n):
		p.level.raises, p.level.raised = true, nil
	case skips(n):
		p.level.jumps = true
	case n.base.kind == nodeAttr && n.base.name == "enter_context" && len(n.args) == 1:
		p.within(region{kind: regionWith, cond: n.args[0].value})
		p.level.region = p.region
	}
}

// endsProcess reports whether an expression is a call of sys.exit or the like.
func endsProcess(n *node) bool {
	if n.kind != nodeCall {
		return false
	}
	switch base := n.base; base.kind {
	case nodeName:
		return base.name == "exit" || base.name == "quit"
	case nodeAttr:
		return strings.HasSuffix(base.name, "exit") && base.base.kind == nodeName && (base.base.name == "sys" || base.base.name == "os")
	}
	return false
}

// exprList reads expressions with commas between them. It returns a list if there is
// a comma, else the expression.
func (p *parser) exprList() *node {
	first := p.expr()
	if !p.is(",") {
		return first
	}
	n := &node{kind: nodeList, start: first.start, items: []*node{first}}
	for p.accept(",") {
		if !p.exprEnds() {
			n.items = append(n.items, p.expr())
		} else if p.is(",") {
			p.failHere(expressionExpected)
		}
	}
	n.end = p.tokens[p.next-1].end
	return n
}
