package pysource

import "slices"

// maxDepth is how many lambdas and brackets may be inside one another. Brackets
// alone reach pyliteral.MaxDepth.
const maxDepth = 1000

// failHere records a problem at the next token, and ends the reading of the module.
func (p *parser) failHere(message string) { p.failAt(p.next, message) }

func (p *parser) failAt(token int, message string) {
	t := p.tokens[token]
	p.fail(message, t.start, t.end)
	p.next = len(p.tokens) - 1
}

const (
	expressionExpected = "an expression is expected here"
	betweenMissing     = "something is missing before this"
)

// expr reads an expression without a comma outside of brackets.
func (p *parser) expr() *node {
	if p.depth++; p.depth > maxDepth {
		p.failHere("this nests deeper than prefect-secrets reads")
	}
	defer func() { p.depth-- }()
	start, since := p.next, p.mark()
	switch {
	case p.is("yield"):
		p.failHere("a yield must be in brackets here")
	case p.accept("*"):
		if p.is("*") || p.is("**") {
			p.failHere(expressionExpected)
		}
		item := p.expr()
		return p.covering(start, nodeStarred, item)
	}
	n := p.disjunction()
	if !p.is("if") {
		return n
	}
	p.next++
	cond := p.condition(p.disjunction())
	p.applyCondition(since, cond)
	if !p.accept("else") {
		p.failHere("an else is expected here")
	}
	outer := p.within(region{kind: regionIf, cond: cond, negated: true})
	other := p.expr()
	p.region = outer
	return p.covering(start, nodeChoice, n, cond, other)
}

// covering returns a node of the tokens from start to the next one.
func (p *parser) covering(start int, kind nodeKind, items ...*node) *node {
	n := &node{kind: kind, items: items, start: p.tokens[start].start, end: p.tokens[start].start}
	if p.next > start {
		n.end = p.tokens[p.next-1].end
	}
	return n
}

// condition remembers an expression that decides what happens next.
func (p *parser) condition(n *node) *node {
	p.conditions = append(p.conditions, n)
	return n
}

// yieldOrList reads a yield, or expressions with commas between them.
func (p *parser) yieldOrList() *node {
	start := p.next
	if !p.accept("yield") {
		return p.exprList()
	}
	p.noteYield()
	if p.accept("from") {
		return p.covering(start, nodeComputed, p.expr())
	}
	if p.exprEnds() {
		return p.covering(start, nodeComputed)
	}
	return p.covering(start, nodeComputed, p.exprList())
}

// noteYield marks the function that is read as a generator, whose body a call does not
// run.
func (p *parser) noteYield() {
	if r := p.region.inFunction(); r != nil && r.function != nil {
		r.function.special = true
		r.function.yields = append(r.function.yields, p.region)
	}
}

func (p *parser) disjunction() *node {
	return p.chain("or", nodeOr, func() *node { return p.chain("and", nodeAnd, p.negation) })
}

// chain reads operands with and or or between them. Each runs only if those before
// it hold, or for or do not.
func (p *parser) chain(word string, kind nodeKind, read func() *node) *node {
	start, outer := p.next, p.region
	first := read()
	if !p.is(word) {
		return first
	}
	items := []*node{first}
	for p.accept(word) {
		last := items[len(items)-1]
		p.within(region{kind: regionIf, cond: p.condition(last), negated: kind == nodeOr})
		items = append(items, read())
	}
	p.region = outer
	return p.covering(start, kind, items...)
}

func (p *parser) negation() *node {
	start, nots := p.next, 0
	for p.accept("not") {
		nots++
	}
	n := p.comparison()
	if nots > 0 {
		p.condition(n)
	}
	if nots%2 == 1 {
		return p.covering(start, nodeNot, n)
	}
	return n
}

func (p *parser) comparison() *node {
	start := p.next
	n := p.sum()
	items := []*node(nil)
	for operator := p.comparisonOperator(); operator != ""; operator = p.comparisonOperator() {
		if items == nil {
			items = []*node{n}
		}
		items = append(items, p.sum())
		n = p.covering(start, nodeComputed, items...)
		if len(items) == 2 {
			n.kind, n.name = nodeCompare, operator
		}
	}
	return n
}

var comparisons = []string{"==", "!=", "<", ">", "<=", ">=", "in", "is"}

// comparisonOperator skips the operator of a comparison, if it is next, and returns
// it.
func (p *parser) comparisonOperator() string {
	switch {
	case p.is("<>"):
		p.failHere("Python 3 writes != for this")
		return ""
	case p.is("not") && p.isAt(p.next+1, "in"):
		p.next += 2
		return "not in"
	case !p.isOneOf(comparisons):
		return ""
	}
	p.next++
	if operator := p.textOf(p.tokens[p.next-1]); operator != "is" || !p.accept("not") {
		return operator
	}
	return "is not"
}

// binaryOperators stand between two operands, and below them stand those that may
// precede one.
var (
	binaryOperators = []string{"+", "-", "*", "/", "//", "%", "@", "&", "|", "^", "<<", ">>", "**"}
	prefixOperators = []string{"+", "-", "~", "await"}
)

// prefixes skips the operators before an operand, and reports whether there are any.
// No operator comes after await.
func (p *parser) prefixes() (found bool) {
	for p.isOneOf(prefixOperators) && !p.isAwaitName() {
		if found = true; p.accept("await") {
			break
		}
		p.next++
	}
	return found
}

// sum reads operands with operators other than comparisons between them.
func (p *parser) sum() *node {
	start := p.next
	var operands []*node
	pluses, unions, prefixed, operator := 0, 0, false, ""
	for {
		prefixed = p.prefixes() || prefixed
		n := p.operand()
		if n == nil {
			p.failHere(expressionExpected)
			n = p.covering(p.next, nodeComputed)
		}
		operands = append(operands, n)
		if !p.isOneOf(binaryOperators) {
			break
		}
		switch operator = p.textOf(p.peek()); operator {
		case "+":
			pluses++
		case "|":
			unions++
		}
		p.next++
	}
	switch {
	case prefixed:
		return p.covering(start, nodeComputed, operands...)
	case len(operands) == 1:
		return operands[0]
	case pluses == len(operands)-1:
		return p.noteText(p.covering(start, nodeSum, operands...))
	case unions == len(operands)-1:
		return p.covering(start, nodeUnion, operands...)
	case len(operands) == 2 && operator == "%":
		return p.noteText(p.covering(start, nodeFormat, operands...))
	}
	return p.covering(start, nodeComputed, operands...)
}

func (p *parser) isOneOf(spellings []string) bool {
	t := p.peek()
	return (t.kind == tokOp || t.kind == tokName) && slices.Contains(spellings, p.textOf(t))
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
		return isAugmented(op)
	}
}

// isAugmented reports whether an operator is += or the like.
func isAugmented(op string) bool {
	return len(op) > 1 && op[len(op)-1] == '=' && op != "==" && op != "!=" && op != "<=" && op != ">=" && op != ":="
}

// comprehension reads the for and if clauses of a comprehension, and reports whether
// there are any. What was read since a mark runs only where the conditions hold.
func (p *parser) comprehension(since mark) (conds []*node, found bool) {
	for p.is("for") || p.is("async") && p.isAt(p.next+1, "for") {
		found = true
		p.accept("async")
		p.next++
		p.targets(p.disjunction)
		for p.accept("if") {
			conds = append(conds, p.condition(p.ifClause()))
		}
	}
	for _, cond := range conds {
		p.applyCondition(since, cond)
	}
	return conds, found
}

// ifClause reads the condition of a comprehension, which has no else.
func (p *parser) ifClause() *node {
	if p.is("lambda") {
		return p.expr()
	}
	return p.disjunction()
}
