package pysource

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

type tokenKind uint8

const (
	tokEnd  tokenKind = iota
	tokName           // a name or a keyword
	tokNumber
	tokText    // a text or bytes, prefix and quotes included
	tokFStart  // prefix and opening quotes of an f-string
	tokFText   // a literal part of an f-string
	tokFEnd    // its closing quotes
	tokOp      // an operator or a bracket; in an f-string { and } of a field
	tokNewline // the end of a logical line
	tokIndent
	tokDedent
)

// token is a part of the text. Of those that Python's tokenizer has, comments and
// line ends within a logical line are left out.
type token struct {
	kind       tokenKind
	loop       bool // an opening bracket directly around a for: a comprehension
	start, end int
}

// scanner cuts a text into tokens. Its stack holds what is open.
type scanner struct {
	src      string
	at       int
	tokens   []token
	literals []Span
	comments []Span
	problem  *Problem
	indents  []int
	stack    []open
	inLine   bool // the logical line has a token
}

// open is a bracket, or an f-string, whose parts are of three modes: its literal
// text, a field, and the format of a field.
type open struct {
	mode  byte // ( [ { or one of the modes below
	token int
	quote string
	raw   bool
}

const (
	inFString = 'f'
	inField   = 'F'
	inFormat  = ':'
)

func scan(src string) *scanner {
	s := &scanner{src: src, indents: []int{0}, tokens: make([]token, 0, 8+len(src)/4)}
	for s.at < len(s.src) {
		s.step()
	}
	s.close()
	return s
}

func (s *scanner) step() {
	switch mode := s.mode(); {
	case mode == inFString || mode == inFormat:
		s.formatText()
	case mode == 0 && !s.inLine:
		s.lineStart()
	default:
		s.code()
	}
}

func (s *scanner) mode() byte {
	if len(s.stack) == 0 {
		return 0
	}
	return s.stack[len(s.stack)-1].mode
}

// close ends what the text leaves open.
func (s *scanner) close() {
	if n := len(s.stack); n > 0 {
		o := s.tokens[s.stack[n-1].token]
		what := "this bracket is never closed"
		if s.mode() == inFString || s.mode() == inFormat {
			what = unclosedText
		}
		s.fail(what, o.start, o.end)
	}
	s.stack = nil
	s.endLine()
	for range s.indents[1:] {
		s.add(tokDedent, s.at)
	}
	s.add(tokEnd, s.at)
}

const unclosedText = "this text is never closed"

// fail notes a problem, if it is the first in the text.
func (s *scanner) fail(message string, start, end int) {
	if s.problem == nil || start < s.problem.Start {
		s.problem = &Problem{Message: message, Start: start, End: end}
	}
}

// add appends the token that ends at an offset, and goes there.
func (s *scanner) add(kind tokenKind, end int) {
	s.tokens = append(s.tokens, token{kind: kind, start: s.at, end: end})
	if kind == tokText || kind == tokNumber || kind == tokFText {
		s.literals = append(s.literals, Span{s.at, end})
	}
	s.at = end
	s.inLine = true
}

func (s *scanner) endLine() {
	if s.inLine {
		s.add(tokNewline, s.at)
	}
	s.inLine = false
}

// lineStart reads the indentation of a logical line. A line that is blank but for
// a comment has none.
func (s *scanner) lineStart() {
	column := 0
	for ; s.at < len(s.src); s.at++ {
		switch s.src[s.at] {
		case ' ':
			column++
			continue
		case '\t':
			column = column/8*8 + 8
			continue
		case '\f':
			column = 0
			continue
		case '\n':
		case '#':
			s.comment()
			return
		default:
			s.indentTo(column)
			s.code()
			return
		}
		break
	}
	s.at = min(s.at+1, len(s.src))
}

func (s *scanner) indentTo(column int) {
	if column > s.indents[len(s.indents)-1] {
		s.indents = append(s.indents, column)
		s.add(tokIndent, s.at)
	}
	for column < s.indents[len(s.indents)-1] {
		s.indents = s.indents[:len(s.indents)-1]
		s.add(tokDedent, s.at)
	}
}

func (s *scanner) comment() {
	end := len(s.src)
	if i := strings.IndexByte(s.src[s.at:], '\n'); i >= 0 {
		end = s.at + i
	}
	s.comments = append(s.comments, Span{s.at, end})
	s.at = end
}

// code reads one token outside of the literal parts of f-strings.
func (s *scanner) code() {
	c := s.src[s.at]
	switch {
	case c == ' ' || c == '\t' || c == '\f':
		s.at++
	case c == '\n':
		if len(s.stack) == 0 {
			s.endLine()
		}
		s.at++
	case c == '#':
		s.comment()
	case c == '\\':
		s.continuation()
	case c == '"' || c == '\'':
		s.str(s.at)
	case isDigit(c) || c == '.' && s.at+1 < len(s.src) && isDigit(s.src[s.at+1]):
		s.add(tokNumber, s.at+numberLength(s.src[s.at:]))
	case isNameByte(c):
		s.word()
	default:
		s.operator()
	}
}

// continuation joins two lines.
func (s *scanner) continuation() {
	if !strings.HasPrefix(s.src[s.at:], "\\\n") {
		s.fail("a backslash must be the last of its line", s.at, s.at+1)
		s.at++
		return
	}
	s.inLine = true
	s.at += 2
}

// word reads a name, or a text whose prefix it is.
func (s *scanner) word() {
	length := nameLength(s.src[s.at:])
	end := s.at + length
	switch {
	case length == 0:
		s.strange()
		return
	case end < len(s.src) && (s.src[end] == '"' || s.src[end] == '\'') && prefixes[strings.ToLower(s.src[s.at:end])]:
		s.str(end)
		return
	case s.src[s.at:end] == "for" && len(s.stack) > 0:
		s.tokens[s.stack[len(s.stack)-1].token].loop = true
	}
	s.add(tokName, end)
}

// strange steps over a character that Python does not know, such as a
// typographic quote.
func (s *scanner) strange() {
	_, size := utf8.DecodeRuneInString(s.src[s.at:])
	s.fail("Python knows no such character outside of texts and comments", s.at, s.at+size)
	s.at += size
}

// prefixes are those of texts and bytes, in lower case.
var prefixes = map[string]bool{
	"r": true, "u": true, "b": true, "br": true, "rb": true, "f": true, "fr": true, "rf": true,
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || isDigit(c) || c >= utf8.RuneSelf
}

// nameLength measures a name.
func nameLength(src string) int {
	for i, r := range src {
		if r < utf8.RuneSelf && !isNameByte(byte(r)) || r >= utf8.RuneSelf && !inName(r) {
			return i
		}
	}
	return len(src)
}

// inName is about a character that is not ASCII.
func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || unicode.Is(unicode.Pc, r)
}

// bases are the digits of a number by its second letter, after 0.
var bases = map[byte]string{'x': "0123456789abcdefABCDEF_", 'o': "01234567_", 'b': "01_"}

// numberLength measures a number. A word may follow it at once, as in 1if x.
func numberLength(src string) int {
	if len(src) > 1 && src[0] == '0' && bases[src[1]|0x20] != "" {
		return 2 + run(src[2:], func(c byte) bool { return strings.IndexByte(bases[src[1]|0x20], c) >= 0 })
	}
	n := digits(src)
	if n < len(src) && src[n] == '.' {
		n++
		n += digits(src[n:])
	}
	if rest := src[n:]; len(rest) > 1 && (rest[0] == 'e' || rest[0] == 'E') {
		sign := 1
		if rest[1] == '+' || rest[1] == '-' {
			sign = 2
		}
		if exponent := digits(rest[sign:]); exponent > 0 {
			n += sign + exponent
		}
	}
	if n < len(src) && (src[n] == 'j' || src[n] == 'J') {
		n++
	}
	return n
}

func digits(src string) int {
	return run(src, func(c byte) bool { return isDigit(c) || c == '_' })
}

func run(src string, in func(byte) bool) int {
	n := 0
	for n < len(src) && in(src[n]) {
		n++
	}
	return n
}

// spellings are the operators of more than one byte, the longer ones first.
var spellings = []string{
	"**=", "//=", ">>=", "<<=", "...",
	"==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>", "<>",
}

func (s *scanner) operator() {
	rest := s.src[s.at:]
	c := rest[0]
	switch {
	case strings.IndexByte("([{", c) >= 0:
		s.push(open{mode: c}, tokOp, s.at+1)
	case strings.IndexByte(")]}", c) >= 0:
		s.pop(c)
	case s.mode() == inField && c == ':':
		s.add(tokOp, s.at+1)
		s.format()
	case s.mode() == inField && c == '!' && !strings.HasPrefix(rest, "!="):
		s.add(tokOp, s.at+1)
	case strings.IndexByte("+-*/%@&|^~<>=!.,:;", c) >= 0:
		s.add(tokOp, s.at+operatorLength(rest))
	default:
		s.strange()
	}
}

func operatorLength(rest string) int {
	for _, o := range spellings {
		if strings.HasPrefix(rest, o) {
			return len(o)
		}
	}
	return 1
}

// push opens a bracket or an f-string. CPython lets 200 stand inside one
// another; at the next one the reading ends.
func (s *scanner) push(o open, kind tokenKind, end int) {
	if len(s.stack) >= pyliteral.MaxDepth {
		s.fail(fmt.Sprintf("Python lets no more than %d brackets stand inside one another", pyliteral.MaxDepth), s.at, end)
		s.at, s.stack = len(s.src), nil
		return
	}
	o.token = len(s.tokens)
	s.stack = append(s.stack, o)
	s.add(kind, end)
}

// pop closes a bracket. One that nothing opened is dropped.
func (s *scanner) pop(c byte) {
	opened := map[byte]string{')': "(", ']': "[", '}': "{F"}[c]
	if strings.IndexByte(opened, s.mode()) < 0 {
		s.fail("nothing opens this bracket", s.at, s.at+1)
		s.at++
		return
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.add(tokOp, s.at+1)
}
