package pysource

import (
	"slices"
	"strings"
)

// parser reads the tokens of a module into scopes and expressions, up to the first
// problem.
type parser struct {
	*scanner
	next        int // the token to read next
	level       *level
	scope       *scope
	block       *block
	region      *region
	regions     []*region        // all so far
	nodes       []*node          // that may read a secret, in the order of the text
	conditions  []*node          // that decide what the code does
	refers      bool             // the module may have references to blocks
	texts       []*node          // strings of such a module, each after its parts
	starImports []string         // the modules of from module import *
	imported    map[*region]*int // the first import of Prefect in each function and below each condition, and in none
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

func containsWord(words, word string) bool {
	return slices.Contains(strings.Fields(words), word)
}

// enter begins a scope inside the current one.
func (p *parser) enter(kind scopeKind) {
	p.scope = newScope(p.scope, kind)
}

func (p *parser) leave() { p.scope = p.scope.parent }
