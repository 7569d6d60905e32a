package pysource

import "strings"

// level is the lines of one indentation: a module, or the body of a compound
// statement.
type level struct {
	scope  *scope
	block  *block
	region *region
	outer  *level
	chain  *chain // the statement that the next line may continue
	loop   *chain // whose body this is, if that is a while or a for
	match  *match // whose cases these are
	jumps  bool   // the last line leaves the body: return, continue, break or pytest.skip
	raises bool   // a line ends with an error
	raised *node  // the last such line is a raise of this

	decorated  bool    // the line before was a decorator
	decorators []*node // of the function or class below
}

// chain is a compound statement that another clause may continue, as else does an if.
type chain struct {
	word   string   // of the last clause
	start  int      // token
	try    *try     // of a try
	groups bool     // of a try: its handlers are except*
	conds  []*node  // of an if and its elifs
	bodies []*level // of an if, its elifs and its else
	region *region  // in which no condition so far holds
	loops  bool     // this is a loop
	breaks bool     // of a loop: it has a break
}

// parse reads a module, up to the first problem.
func parse(s *scanner) *parser {
	p := &parser{scanner: s, block: &block{end: len(s.tokens)}, imported: map[*region]*int{}, refers: strings.Contains(s.src, ReferencePrefix)}
	p.enter(moduleScope)
	p.level = &level{scope: p.scope, block: p.block}
	var body *level
	for p.peek().kind != tokEnd || body != nil {
		switch kind := p.peek().kind; {
		case p.problem != nil && p.problem.Start <= p.peek().start:
			return p
		case kind == tokIndent && body != nil:
			p.next++
			p.open(body)
			body = nil
		case kind == tokIndent:
			p.failHere("this line is indented further than the one before, and nothing opens a block")
		case body != nil:
			p.failHere("an indented block is expected here")
			return p
		case kind == tokDedent:
			p.next++
			p.close()
		default:
			body = p.line()
		}
	}
	p.finishChain()
	p.finishDecorators()
	return p
}

const belowDecorator = "a function or a class is expected below a decorator"

// finishDecorators fails if the last line of a level is a decorator.
func (p *parser) finishDecorators() {
	if p.level.decorated {
		p.failHere(belowDecorator)
	}
}

// open begins the lines of a body.
func (p *parser) open(body *level) {
	body.outer = p.level
	p.level = body
	p.scope, p.block, p.region = body.scope, body.block, body.region
}

// close goes back to the lines around a body, and ends the blocks inside it.
func (p *parser) close() {
	p.finishChain()
	p.finishDecorators()
	outer := p.level.outer
	if outer == nil {
		return
	}
	for p.block != outer.block {
		p.block.end = p.next
		p.block = p.block.parent
	}
	p.level, p.scope, p.region = outer, outer.scope, outer.region
}

// newBlock returns a block that begins with the next token. Until close ends it, it
// reaches to the end of the text.
func (p *parser) newBlock() *block {
	return &block{parent: p.block, start: p.next, end: len(p.tokens)}
}

// line reads a logical line. It returns the body that the lines below are, if the
// line opens one.
func (p *parser) line() *level {
	l, first := p.level, p.next
	if decorated := l.decorated; decorated && !p.isOneOf(decoratedWords) {
		p.failHere(belowDecorator)
	}
	if l.match != nil && !p.is("case") {
		p.failHere("a case is expected here")
	}
	body := p.compound()
	l.decorated = p.isAt(first, "@")
	if body == nil {
		p.simpleStatements()
		return nil
	}
	l.jumps = false
	if p.peek().kind == tokNewline {
		p.next++
		return body
	}
	if body.match != nil {
		p.failHere(betweenMissing)
	}
	p.open(body)
	p.simpleStatements()
	p.close()
	return nil
}

var decoratedWords = []string{"@", "def", "class", "async"}

func (p *parser) atLineEnd() bool {
	switch p.peek().kind {
	case tokEnd, tokNewline, tokIndent, tokDedent:
		return true
	}
	return false
}

// simpleStatements reads the statements up to the end of a line.
func (p *parser) simpleStatements() {
	for {
		first := p.next
		p.simpleStatement()
		if p.atLineEnd() {
			break
		}
		if !p.accept(";") {
			p.failHere(p.tailProblem(first))
		}
		if p.atLineEnd() {
			break
		}
	}
	if p.peek().kind == tokNewline {
		p.next++
	}
}

// tailProblem says why a statement cannot go on with the next token.
func (p *parser) tailProblem(first int) string {
	switch {
	case (p.isAt(first, "print") || p.isAt(first, "exec")) && p.next == first+1:
		return "this is a statement of Python 2: in Python 3 print and exec are functions, and take their arguments in parentheses"
	case p.isAt(first, "raise") && p.is(","):
		return "Python 3 has no comma in a raise: write raise E(\"message\")"
	}
	return betweenMissing
}

// compound reads the head of a compound statement and returns its body. It returns
// nil at any other statement.
func (p *parser) compound() *level {
	first := p.next
	if p.is("async") && p.isOneOfAt(p.next+1, "def", "with", "for") {
		p.next++
	}
	t := p.peek()
	if t.kind != tokName {
		p.finishChain()
		return nil
	}
	switch word := p.textOf(t); word {
	case "elif", "else", "except", "finally":
		return p.clause(word)
	case "def":
		p.finishChain()
		return p.function(first)
	case "class":
		p.finishChain()
		return p.class()
	case "if", "while", "for", "try", "with":
		p.finishChain()
		return p.opening(word)
	case "match", "case":
		p.finishChain()
		if word == "case" && p.level.match != nil {
			return p.matchCase()
		}
		if word == "match" && p.isMatch() {
			return p.match()
		}
	default:
		p.finishChain()
	}
	return nil
}

// opening reads the head of a statement whose body has no scope of its own. The body
// of a with runs whenever the code around it does.
func (p *parser) opening(word string) *level {
	c := &chain{word: word, start: p.next, region: p.region, loops: word == "while" || word == "for"}
	p.next++
	var body *level
	switch word {
	case "if", "while":
		body = p.conditional(c)
	case "for":
		p.targets(p.exprList)
		body = p.body()
		body.loop = c
	case "try":
		c.try = &try{body: Span{len(p.nodes), len(p.nodes)}}
		outer := p.within(region{kind: regionTry, try: c.try})
		body = p.body()
		p.region = outer
	case "with":
		outer := p.region
		p.withItems()
		p.expect(":")
		body = &level{scope: p.scope, block: p.block, region: p.region}
		p.region = outer
	}
	p.level.chain = c
	return body
}

// conditional reads the condition of an if, elif or while.
func (p *parser) conditional(c *chain) *level {
	cond := p.condition(p.expr())
	outer := p.within(region{kind: regionIf, cond: cond})
	body := p.body()
	p.region = outer
	if c.conds, c.bodies = append(c.conds, cond), append(c.bodies, body); c.word == "while" {
		body.loop = c
	}
	return body
}

// breakLoop marks the loop that a line of the level leaves.
func (l *level) breakLoop() {
	for ; l != nil; l = l.outer {
		if l.loop != nil {
			l.loop.breaks = true
			return
		}
	}
}

// body reads the colon before a body, and returns the body in a block of its own.
func (p *parser) body() *level {
	p.expect(":")
	return &level{scope: p.scope, block: p.newBlock(), region: p.region}
}

// mayFollow are the clauses that may stand below a clause.
var mayFollow = map[string]string{
	"if": "elif else", "elif": "elif else", "while": "else", "for": "else",
	"try": "except finally", "except": "except else finally", "else": "", "try else": "finally",
}

// clause reads the head of a clause that continues a statement.
func (p *parser) clause(word string) *level {
	c := p.level.chain
	if c == nil || !containsWord(mayFollow[c.word], word) {
		p.failHere("nothing above this line opens the statement that this would go on with")
		return nil
	}
	if c.word == "try" {
		c.try.body.End = len(p.nodes)
	}
	start := p.peek().start
	p.next++
	c.word = word
	switch word {
	case "elif":
		outer := p.excluding(c)
		body := p.conditional(c)
		p.region = outer
		return body
	case "else":
		if c.try != nil {
			c.word = "try else"
		}
		outer := p.excluding(c)
		body := p.body()
		p.region = outer
		c.bodies = append(c.bodies, body)
		return body
	case "except":
		return p.except(c, start)
	}
	p.expect(":")
	p.finishHandlers(c)
	p.level.chain = nil
	c.try.final = &level{scope: p.scope, block: p.block, region: p.region}
	return c.try.final
}

// excluding makes the region current in which no condition of an if so far holds.
func (p *parser) excluding(c *chain) (outer *region) {
	outer = p.region
	p.region = c.region
	if n := len(c.conds); n > 0 {
		p.within(region{kind: regionIf, cond: c.conds[n-1], negated: true})
	}
	c.region = p.region
	return outer
}

func (p *parser) except(c *chain, start int) *level {
	groups := p.accept("*")
	if len(c.try.handlers) > 0 && groups != c.groups {
		p.failHere("a try has either except or except*")
	}
	c.groups = groups
	h := &handler{start: start}
	if !p.is(":") {
		h.classes = p.expr()
		if p.is(",") {
			p.failHere("Python 3 writes except E as e, and puts several classes into brackets")
		}
		if p.accept("as") {
			h.name = p.textOf(p.peek())
			p.identifier(nil)
		}
	}
	c.try.handlers = append(c.try.handlers, h)
	body := p.body()
	c.bodies = append(c.bodies, body)
	return body
}

// finishChain ends the statement above, when a line does not continue it. It knows
// for the lines below which conditions do not hold, because the body for them ended.
func (p *parser) finishChain() {
	c := p.level.chain
	if c == nil {
		return
	}
	p.level.chain = nil
	if c.word == "try" && p.problem == nil {
		p.failAt(c.start, "this try has neither except nor finally")
	}
	if c.try != nil {
		p.finishHandlers(c)
		return
	}
	if p.finishConditions(c); !c.breaks {
		p.level.region = p.region
	}
}

// finishConditions is finishChain for an if, and for a while without a break.
func (p *parser) finishConditions(c *chain) {
	for i, cond := range c.conds {
		if !c.bodies[i].jumps && !c.loops {
			if i == 0 && len(c.conds) == 1 && len(c.bodies) == 2 && c.bodies[1].jumps {
				p.within(region{kind: regionIf, cond: cond})
			}
			break
		}
		if !c.breaks {
			p.within(region{kind: regionIf, cond: cond, negated: true})
		}
	}
}

// finishHandlers says of the handlers of a try whether they end with an error.
func (p *parser) finishHandlers(c *chain) {
	for i, h := range c.try.handlers {
		if h.raises = c.bodies[i].raises; h.raises {
			h.raised = c.bodies[i].raised
		}
	}
}

// withItems reads the context managers of a with. The code behind one runs within it.
func (p *parser) withItems() {
	if p.is("(") && p.isItemList() {
		p.next++
		for !p.atEnd() && !p.is(")") {
			p.withItem()
			if !p.accept(",") && !p.is(")") {
				p.failHere(betweenMissing)
			}
		}
		p.accept(")")
		return
	}
	p.withItem()
	for p.accept(",") {
		p.withItem()
	}
}

func (p *parser) withItem() {
	manager := p.expr()
	manager.applied = true
	p.within(region{kind: regionWith, cond: manager})
	if p.accept("as") {
		target := p.operand()
		if target == nil {
			p.failHere("a name is expected here")
			return
		}
		p.assign(target, &node{kind: nodeEntered, start: manager.start, end: manager.end, items: []*node{manager}})
	}
}

// isItemList reports whether the bracket that is next holds the items of a with, and
// not an expression: it has an as, or the colon follows it.
func (p *parser) isItemList() bool {
	depth := 0
	for i := p.next; i < len(p.tokens); i++ {
		switch {
		case p.isOneOfAt(i, "(", "[", "{"):
			depth++
		case p.isOneOfAt(i, ")", "]", "}"):
			if depth--; depth == 0 {
				return p.isAt(i+1, ":") && !p.tokens[p.next].loop && i > p.next+1 && !p.hasWalrus(p.next, i)
			}
		case p.tokens[i].kind == tokNewline:
			return false
		}
	}
	return false
}

func (p *parser) hasWalrus(from, to int) bool {
	for i := from; i < to; i++ {
		if p.isAt(i, ":=") || p.isAt(i, "yield") {
			return true
		}
	}
	return false
}

// targets binds the targets of a for, up to its in. They are the items of what readItems
// reads behind it.
func (p *parser) targets(readItems func() *node) {
	var targets []*node
	for {
		start, starred := p.next, p.accept("*")
		target := p.operand()
		if target == nil {
			p.failHere("a name is expected here")
			return
		}
		if starred {
			target = p.covering(start, nodeStarred, target)
		}
		targets = append(targets, target)
		if !p.accept(",") || p.is("in") {
			break
		}
	}
	p.expect("in")
	item := &node{kind: nodeItem}
	if len(targets) == 1 {
		p.assign(targets[0], item)
	} else {
		p.assign(&node{kind: nodeList, items: targets}, item)
	}
	items := readItems()
	item.items, item.start, item.end = []*node{items}, items.start, items.end
}
