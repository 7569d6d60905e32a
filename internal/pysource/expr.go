package pysource

// parser reads the tokens of a module into scopes and expressions. It reads invalid
// Python as far as it can.
type parser struct {
	*scanner
	next        int // the token to read next
	scope       *scope
	block       *block
	nodes       []*node  // that may read a secret, in the order of the text
	starImports []string // the modules of from module import *
	depth       int
}

// keywords are the words of Python 3 that are never names. match, case, type and _
// are not among them.
var keywords = map[string]bool{
	"False": true, "None": true, "True": true, "and": true, "as": true, "assert": true, "async": true,
	"await": true, "break": true, "class": true, "continue": true, "def": true, "del": true, "elif": true,
	"else": true, "except": true, "finally": true, "for": true, "from": true, "global": true, "if": true,
	"import": true, "in": true, "is": true, "lambda": true, "nonlocal": true, "not": true, "or": true,
	"pass": true, "raise": true, "return": true, "try": true, "while": true, "with": true, "yield": true,
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) textOf(t token) string { return p.src[t.start:t.end] }

// is reports whether the next token is an operator or a keyword.
func (p *parser) is(spelling string) bool { return p.isAt(p.next, spelling) }

func (p *parser) isAt(i int, spelling string) bool {
	t := p.tokens[min(i, len(p.tokens)-1)]
	return (t.kind == tokOp || t.kind == tokName) && p.textOf(t) == spelling
}

// accept skips an operator or a keyword if it is the next token.
func (p *parser) accept(spelling string) bool {
	if p.is(spelling) {
		p.next++
		return true
	}
	return false
}

// atEnd reports whether the logical line, or the field of an f-string, is over.
func (p *parser) atEnd() bool {
	switch p.peek().kind {
	case tokEnd, tokNewline, tokIndent, tokDedent, tokFPart, tokFEnd:
		return true
	}
	return false
}

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
	start, gap := p.next, true
	var operands []*node
	var between operators
	for !p.exprEnds() {
		first := p.peek()
		operand := p.operand()
		switch {
		case operand == nil:
			between.count(p.textOf(first))
			p.skipOperator()
		case !gap:
			p.fail("something is missing between this and what stands before it", first.start, first.end)
		}
		if gap = operand == nil; !gap {
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

// enter begins a scope inside the current one.
func (p *parser) enter(kind scopeKind) {
	p.scope = newScope(p.scope, kind)
}

func (p *parser) leave() { p.scope = p.scope.parent }
