package pysource

import "strings"

type tokenKind uint8

const (
	tokEnd  tokenKind = iota
	tokName           // a name or a keyword
	tokNumber
	tokString  // a string or bytes literal, prefix and quotes included
	tokFStart  // prefix and opening quotes of an f-string
	tokFPart   // a literal part of an f-string
	tokFEnd    // closing quotes of an f-string
	tokOp      // an operator or a bracket; in an f-string { and } of a field
	tokShell   // what IPython takes for a command
	tokNewline // the end of a logical line
	tokIndent
	tokDedent
)

// token is a token of Python's tokenizer. Comments, and line ends within a logical
// line, have none.
type token struct {
	kind       tokenKind
	loop       bool // an opening bracket directly around a for: a comprehension
	start, end int
}

// scanner splits a text into tokens.
type scanner struct {
	src      string
	at       int
	tokens   []token
	literals []Span
	comments []Span
	problem  *Problem
	indents  []int
	narrow   []int     // the same where a tab is one column, which must tell the same story
	stack    []opening // unclosed brackets and f-strings
	inLine   bool      // the logical line has a token
	notebook bool      // the text is cells of a notebook
	commands int       // of IPython that have no token
}

// opening is an unclosed bracket or f-string. An f-string has three modes: its
// literal parts, a field, and the format specification of a field.
type opening struct {
	mode  byte // ( [ { or one of the modes below
	token int
	quote string
	raw   bool
}

const (
	inFString    = 'f'
	inField      = 'F'
	inFormatSpec = ':'
)

func scan(src string) *scanner {
	s := &scanner{src: src, notebook: strings.HasPrefix(src, CellMark), indents: []int{0}, narrow: []int{0}, tokens: make([]token, 0, 8+len(src)/4)}
	for s.at < len(s.src) {
		s.step()
	}
	s.close()
	return s
}

func (s *scanner) step() {
	switch mode := s.mode(); {
	case mode == inFString || mode == inFormatSpec:
		s.fStringPart()
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

// close ends what is unclosed at the end of the text.
func (s *scanner) close() {
	if n := len(s.stack); n > 0 {
		o := s.tokens[s.stack[n-1].token]
		what := "this bracket is never closed"
		if s.mode() == inFString || s.mode() == inFormatSpec {
			what = unclosedString
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

const unclosedString = "this string is never closed"

// fail records a problem if it is the first in the text.
func (s *scanner) fail(message string, start, end int) {
	if s.problem == nil || start < s.problem.Start {
		s.problem = &Problem{Message: message, Start: start, End: end}
	}
}

// add appends the token from s.at to end, and moves to end.
func (s *scanner) add(kind tokenKind, end int) {
	s.tokens = append(s.tokens, token{kind: kind, start: s.at, end: end})
	if kind == tokString || kind == tokNumber || kind == tokFPart || kind == tokShell {
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

// lineStart reads the indentation of a logical line. A line that is blank or only a
// comment does not count.
func (s *scanner) lineStart() {
	column, narrow := 0, 0
	s.prompt()
	for ; s.at < len(s.src); s.at++ {
		switch s.src[s.at] {
		case ' ':
			column++
			narrow++
			continue
		case '\t':
			column = column/8*8 + 8
			narrow++
			continue
		case '\f':
			column, narrow = 0, 0
			continue
		case '\n':
		case '#':
			s.comment()
			return
		default:
			if !s.cellMagic() {
				s.indentTo(column, narrow)
				s.firstToken()
			}
			return
		}
		break
	}
	s.at = min(s.at+1, len(s.src))
}

func (s *scanner) indentTo(column, narrow int) {
	last := len(s.indents) - 1
	if (column > s.indents[last]) != (narrow > s.narrow[last]) || (column == s.indents[last]) != (narrow == s.narrow[last]) && column >= s.indents[last] {
		s.fail("tabs and spaces are mixed here, so that this line has no certain indentation", s.at, s.at)
	}
	if column > s.indents[last] {
		s.indents, s.narrow = append(s.indents, column), append(s.narrow, narrow)
		s.add(tokIndent, s.at)
		return
	}
	for column < s.indents[len(s.indents)-1] {
		s.indents, s.narrow = s.indents[:len(s.indents)-1], s.narrow[:len(s.narrow)-1]
		s.add(tokDedent, s.at)
	}
	last = len(s.indents) - 1
	if column != s.indents[last] {
		s.fail("this indentation is that of no line above", s.at, s.at)
	} else if narrow != s.narrow[last] {
		s.fail("tabs and spaces are mixed here, so that this line has no certain indentation", s.at, s.at)
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

// code reads one token outside the literal parts of f-strings.
func (s *scanner) code() {
	c := s.src[s.at]
	switch {
	case c == ' ' || c == '\t' || c == '\f':
		s.at++
	case c == '\n':
		if len(s.stack) == 0 {
			s.endLine()
		}
		if s.at++; len(s.stack) > 0 {
			s.prompt()
		}
	case c == '#':
		s.comment()
	case c == '\\':
		s.continuation()
	case c == '"' || c == '\'':
		s.stringLiteral(s.at)
	case isDigit(c) || c == '.' && s.at+1 < len(s.src) && isDigit(s.src[s.at+1]):
		s.number()
	case isNameByte(c):
		s.nameOrString()
	default:
		s.operator()
	}
}

// continuation reads a backslash, which joins two lines.
func (s *scanner) continuation() {
	if s.at == len(s.src)-1 {
		s.at++
		return
	}
	if !strings.HasPrefix(s.src[s.at:], "\\\n") {
		s.fail("a backslash must be the last of its line", s.at, s.at+1)
		s.at++
		return
	}
	s.inLine = true
	s.at += 2
}
