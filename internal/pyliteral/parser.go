package pyliteral

import (
	"cmp"
	"strings"
)

// MaxDepth is how deep Python's tokenizer lets brackets nest (CPython 3.11,
// Parser/tokenizer.h).
const MaxDepth = 200

// numberKind is the kind of number a node is. literal_eval allows signs and sums for
// some.
type numberKind int

const (
	notNumber numberKind = iota
	unsigned             // a number without a sign
	signed               // a number with a sign
)

// node is a value that was read. Kind is notNumber after any operator but a sign.
type node struct {
	value any
	kind  numberKind
}

type parser struct {
	text  string
	pos   int
	depth int // open brackets
}

// parse reads the complete text: one expression, with blank lines and comments around
// it.
func (p *parser) parse() (node, bool) {
	if strings.ContainsRune(p.text, 0) {
		return node{}, false
	}
	p.text = strings.TrimLeft(p.text, " \t")
	if !p.skipToFirstLine() {
		return node{}, false
	}
	out, ok := p.sequence(0)
	if !ok || !p.skipLastLines() {
		return node{}, false
	}
	return out, true
}

// skipToFirstLine skips lines without an expression. It reports false if no line holds
// one, or if that line is indented.
func (p *parser) skipToFirstLine() bool {
	for p.pos < len(p.text) {
		width, ok := p.indent()
		switch {
		case !ok:
			return false
		case p.atNewline():
			p.skipNewline()
		case p.peek() == '#':
			p.skipComment()
		default:
			return width == 0
		}
	}
	return false
}

// indent skips the spaces and tabs that begin a line and returns their number. A form
// feed resets it to 0. If a backslash continues the line, the first indented line
// counts. It reports false for a backslash that does not continue a line.
func (p *parser) indent() (width int, ok bool) {
	continued := 0
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t':
			width++
		case '\f':
			width = 0
		case '\\':
			if p.pos++; !p.atNewline() {
				return 0, false
			}
			if p.skipNewline(); p.pos == len(p.text) {
				return 0, false
			}
			continued, width = cmp.Or(continued, width), 0
			continue
		default:
			return cmp.Or(continued, width), true
		}
		p.pos++
	}
	return cmp.Or(continued, width), true
}

// skipLastLines skips blank lines and comments, and reports false if anything else
// follows. Python refuses a last line of spaces without a line break.
func (p *parser) skipLastLines() bool {
	if !p.skip() {
		return false
	}
	for p.pos < len(p.text) {
		switch {
		case p.peek() == '#':
			p.skipComment()
		case p.atNewline():
			p.skipNewline()
			width, ok := p.indent()
			if !ok || p.pos == len(p.text) && width > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// peek returns the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *parser) atNewline() bool { return p.peek() == '\n' || p.peek() == '\r' }

func (p *parser) skipNewline() {
	if strings.HasPrefix(p.text[p.pos:], "\r\n") {
		p.pos++
	}
	p.pos++
}

func (p *parser) skipComment() {
	for p.pos < len(p.text) && !p.atNewline() {
		p.pos++
	}
}

// skip skips white space, continued lines and, within brackets, line breaks and
// comments. It reports false for a backslash that does not continue a line.
func (p *parser) skip() bool {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == ' ' || c == '\t' || c == '\f':
			p.pos++
		case c == '\\':
			p.pos++
			if !p.atNewline() {
				return false
			}
			if p.skipNewline(); p.pos == len(p.text) {
				return false
			}
		case p.depth > 0 && c == '#':
			p.skipComment()
		case p.depth > 0 && p.atNewline():
			p.skipNewline()
		default:
			return true
		}
	}
	return true
}

// sequence reads expressions up to a closing bracket or, with 0, to the end of the
// line. Several expressions, or one with a comma, are a tuple.
func (p *parser) sequence(closing byte) (node, bool) {
	var before []any // the values of all elements but the last: one element needs no slice
	var last node
	count := 0
	comma, ok := p.commaSeparated(closing, func() (ok bool) {
		if count++; count > 1 {
			before = append(before, last.value)
		}
		last, ok = p.expression()
		return ok
	})
	switch {
	case !ok, count == 0 && closing == 0:
		return node{}, false
	case count == 0:
		return node{value: Tuple(nil)}, true
	case count == 1 && !comma:
		return last, true
	}
	return node{value: Tuple(append(before, last.value))}, true
}

// commaSeparated calls read for each of the elements up to a closing bracket or, with
// 0, to the end of the line. It does not read the bracket. Comma reports whether one
// follows the last element.
func (p *parser) commaSeparated(closing byte, read func() bool) (comma, ok bool) {
	for first := true; p.skip(); first = false {
		if p.atEnd(closing) {
			return comma, true
		}
		if !first && !comma || !read() || !p.skip() {
			return false, false
		}
		if comma = p.peek() == ','; comma {
			p.pos++
		}
	}
	return false, false
}

// atEnd reports whether the closing bracket is next or, with 0, a line break, a comment
// or the end of the text.
func (p *parser) atEnd(closing byte) bool {
	if closing != 0 {
		return p.peek() == closing
	}
	return p.pos == len(p.text) || p.atNewline() || p.peek() == '#'
}

// expression reads a literal, or the sum or difference that makes a complex number.
func (p *parser) expression() (node, bool) {
	left, ok := p.signedAtom()
	if !ok || !p.skip() {
		return node{}, false
	}
	operator := p.peek()
	if operator != '+' && operator != '-' {
		return left, true
	}
	p.pos++
	if !p.skip() || left.kind == notNumber {
		return node{}, false
	}
	right, ok := p.atom()
	if !ok || right.kind != unsigned {
		return node{}, false
	}
	return complexOf(left.value, right.value, operator == '-')
}

func (p *parser) signedAtom() (node, bool) {
	sign := p.peek()
	if sign != '+' && sign != '-' {
		return p.atom()
	}
	p.pos++
	if !p.skip() {
		return node{}, false
	}
	operand, ok := p.atom()
	if !ok || operand.kind != unsigned {
		return node{}, false
	}
	if sign == '-' {
		operand.value = negate(operand.value)
	}
	return node{operand.value, signed}, true
}

func (p *parser) atom() (node, bool) {
	switch c := p.peek(); {
	case c == '(':
		return p.bracketed(')', func() (node, bool) { return p.sequence(')') })
	case c == '[':
		return p.bracketed(']', p.list)
	case c == '{':
		return p.bracketed('}', p.braces)
	case c >= '0' && c <= '9', c == '.':
		return p.number()
	}
	if value, isString, ok := p.strings(); isString {
		return node{value: value}, ok
	}
	return p.name()
}

// bracketed reads an opening bracket, what inner reads, and the closing bracket.
func (p *parser) bracketed(closing byte, inner func() (node, bool)) (node, bool) {
	if p.depth == MaxDepth {
		return node{}, false
	}
	p.pos++
	p.depth++
	out, ok := inner()
	if !ok || p.peek() != closing {
		return node{}, false
	}
	p.pos++
	p.depth--
	return out, true
}

func (p *parser) list() (node, bool) {
	items := []any{}
	_, ok := p.commaSeparated(']', func() bool {
		item, ok := p.expression()
		items = append(items, item.value)
		return ok
	})
	return node{value: items}, ok
}

// name reads True, False, None and set(), the one call that is a literal.
func (p *parser) name() (node, bool) {
	start := p.pos
	for p.pos < len(p.text) && isName(p.text[p.pos]) {
		p.pos++
	}
	switch p.text[start:p.pos] {
	case "True":
		return node{value: true}, true
	case "False":
		return node{value: false}, true
	case "None":
		return node{}, true
	case "set":
		if !p.skip() || p.peek() != '(' {
			return node{}, false
		}
		return p.bracketed(')', func() (node, bool) { return node{value: Set{}}, p.skip() })
	}
	return node{}, false
}

func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
