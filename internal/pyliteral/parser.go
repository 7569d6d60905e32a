package pyliteral

import (
	"cmp"
	"strings"
)

// MaxDepth is how many brackets Python's tokenizer lets stand open at once
// (CPython 3.11, Parser/tokenizer.h).
const MaxDepth = 200

// number says which arithmetic literal_eval allows on a node.
type number int

const (
	none   number = iota
	plain         // a number as it is written
	signed        // one with a sign
)

// node is what was read, with its part in arithmetic.
type node struct {
	value any
	kind  number
}

type parser struct {
	text  string
	pos   int
	level int // open brackets
}

// file reads the whole text: one expression, and blank lines and comments around
// it.
func (p *parser) file() (node, bool) {
	if strings.ContainsRune(p.text, 0) {
		return node{}, false
	}
	p.text = strings.TrimLeft(p.text, " \t")
	if !p.firstLine() {
		return node{}, false
	}
	out, ok := p.sequence(0)
	if !ok || !p.lastLines() {
		return node{}, false
	}
	return out, true
}

// firstLine skips lines without an expression; the line with it is not indented.
func (p *parser) firstLine() bool {
	for p.pos < len(p.text) {
		width, ok := p.indent()
		switch {
		case !ok:
			return false
		case p.eol():
			p.newline()
		case p.peek() == '#':
			p.comment()
		default:
			return width == 0
		}
	}
	return false
}

// indent passes over the blanks that begin a line and gives their width. A form
// feed takes it back to none. Of continued lines the first that is indented
// counts.
func (p *parser) indent() (width int, ok bool) {
	continued := 0
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t':
			width++
		case '\f':
			width = 0
		case '\\':
			if p.pos++; !p.eol() {
				return 0, false
			}
			if p.newline(); p.pos == len(p.text) {
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

// lastLines allows nothing but blank lines and comments. Python refuses a last
// line of blanks that does not end.
func (p *parser) lastLines() bool {
	if !p.skip() {
		return false
	}
	for p.pos < len(p.text) {
		switch {
		case p.peek() == '#':
			p.comment()
		case p.eol():
			p.newline()
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

func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

func (p *parser) eol() bool { return p.peek() == '\n' || p.peek() == '\r' }

func (p *parser) newline() {
	if strings.HasPrefix(p.text[p.pos:], "\r\n") {
		p.pos++
	}
	p.pos++
}

func (p *parser) comment() {
	for p.pos < len(p.text) && !p.eol() {
		p.pos++
	}
}

// skip passes over blanks, continued lines and, within brackets, new lines and
// comments. It reports false for a backslash that continues nothing.
func (p *parser) skip() bool {
	for p.pos < len(p.text) {
		switch c := p.text[p.pos]; {
		case c == ' ' || c == '\t' || c == '\f':
			p.pos++
		case c == '\\':
			p.pos++
			if !p.eol() {
				return false
			}
			if p.newline(); p.pos == len(p.text) {
				return false
			}
		case p.level > 0 && c == '#':
			p.comment()
		case p.level > 0 && p.eol():
			p.newline()
		default:
			return true
		}
	}
	return true
}

// sequence reads expressions with commas between them up to a closing bracket,
// or, with 0, to the end of the line. Several, or one with a comma, are a tuple.
func (p *parser) sequence(closing byte) (node, bool) {
	var items []any
	var last node
	comma := false
	for {
		if !p.skip() {
			return node{}, false
		}
		if p.ended(closing) {
			break
		}
		if len(items) > 0 && !comma {
			return node{}, false
		}
		var ok bool
		if last, ok = p.expression(); !ok {
			return node{}, false
		}
		items = append(items, last.value)
		if !p.skip() {
			return node{}, false
		}
		if comma = p.peek() == ','; comma {
			p.pos++
		}
	}
	switch {
	case len(items) == 1 && !comma:
		return last, true
	case len(items) == 0 && closing == 0:
		return node{}, false
	}
	return node{value: Tuple(items)}, true
}

// ended reports whether the closing bracket, the end of the line or a comment is
// next.
func (p *parser) ended(closing byte) bool {
	if closing != 0 {
		return p.peek() == closing
	}
	return p.pos == len(p.text) || p.eol() || p.peek() == '#'
}

// expression reads a literal, and the sum or difference that a complex number is.
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
	if !p.skip() || left.kind == none {
		return node{}, false
	}
	right, ok := p.atom()
	if !ok || right.kind != plain {
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
	if !ok || operand.kind != plain {
		return node{}, false
	}
	if sign == '-' {
		operand.value = negated(operand.value)
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

// bracketed reads what stands between an opening bracket, which is next, and its
// closing one.
func (p *parser) bracketed(closing byte, inner func() (node, bool)) (node, bool) {
	if p.level == MaxDepth {
		return node{}, false
	}
	p.pos++
	p.level++
	out, ok := inner()
	if !ok || p.peek() != closing {
		return node{}, false
	}
	p.pos++
	p.level--
	return out, true
}

func (p *parser) list() (node, bool) {
	items, ok := p.items(']')
	return node{value: items}, ok
}

// items reads the elements of a list or set.
func (p *parser) items(closing byte) ([]any, bool) {
	items := []any{}
	for {
		if !p.skip() {
			return nil, false
		}
		if p.peek() == closing {
			return items, true
		}
		item, ok := p.expression()
		if !ok || !p.skip() {
			return nil, false
		}
		items = append(items, item.value)
		if p.peek() == ',' {
			p.pos++
		} else if p.peek() != closing {
			return nil, false
		}
	}
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
