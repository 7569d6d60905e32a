package pysource

// maxDepth is how many lambdas and brackets may be inside one another. Brackets
// alone reach pyliteral.MaxDepth.
const maxDepth = 1000

// expr reads an expression up to a comma, a colon, a closing bracket, an
// assignment or the end of the line. It may be empty.
func (p *parser) expr() *node {
	if p.depth++; p.depth > maxDepth {
		p.fail("this nests deeper than prefect-secrets reads", p.peek().start, p.peek().end)
		p.next = len(p.tokens) - 1
	}
	defer func() { p.depth-- }()
	start, mayFollow := p.next, true // whether an operand may be next
	var operands []*node
	var between operators
	for !p.exprEnds() {
		first := p.peek()
		operand := p.operand()
		switch {
		case operand == nil:
			between.count(p.textOf(first))
			p.skipOperator()
		case !mayFollow:
			p.fail("something is missing between this and what stands before it", first.start, first.end)
		}
		if mayFollow = operand == nil; operand != nil {
			operands = append(operands, operand)
		}
	}
	return p.combine(start, operands, between)
}

// exprEnds reports whether the next token is not part of an expression.
func (p *parser) exprEnds() bool {
	if p.atEnd() {
		return true
	}
	if p.peek().kind != tokOp {
		return false
	}
	switch op := p.textOf(p.peek()); op {
	case ",", ":", ";", "=", ":=", ")", "]", "}", "!", "->":
		return true
	default:
		return len(op) > 1 && op[len(op)-1] == '=' && op != "==" && op != "!=" && op != "<=" && op != ">="
	}
}

// skipOperator skips what is between operands, and binds the targets of a for and of
// an as.
func (p *parser) skipOperator() {
	switch keyword := p.textOf(p.peek()); keyword {
	case "for":
		p.next++
		p.targets()
	case "as":
		p.next++
		if target := p.operand(); target != nil {
			p.assign(target, nil)
		}
	default:
		p.next++
	}
}

// operators counts the operators between operands.
type operators struct{ plus, or, others int }

func (o *operators) count(operator string) {
	switch operator {
	case "+":
		o.plus++
	case "or":
		o.or++
	default:
		o.others++
	}
}

// combine makes one expression of operands, which may be none.
func (p *parser) combine(start int, operands []*node, between operators) *node {
	n := &node{items: operands, start: p.tokens[start].start, end: p.tokens[start].start}
	if p.next > start {
		n.end = p.tokens[p.next-1].end
	}
	gaps := len(operands) - 1
	switch between {
	case operators{}:
		if gaps == 0 {
			return operands[0]
		}
	case operators{plus: gaps}:
		n.kind = nodeSum
	case operators{or: gaps}:
		n.kind = nodeOr
	}
	return n
}
