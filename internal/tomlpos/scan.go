package tomlpos

import (
	"strings"
	"unicode/utf8"
)

// MaxDepth is the deepest nesting that is read, in parts of keys, arrays and inline
// tables together. Prefect's own settings use four levels, and Prefect 1.4.1 fails at
// about 250 arrays and 330 inline tables. The decoder's time grows with the depth: for a
// megabyte of dotted keys 3 s at 32 levels, 18 s at 100, more than 25 s at 500.
const MaxDepth = 100

// scanner reads a text once, from start to end.
type scanner struct {
	*Document
	pos       int  // the next byte
	end       int  // where the text ends, or its part that can be TOML
	statement int  // where the current key or header begins
	named     bool // it was read in full
	err       *Error

	parts    []part // of the key just read
	table    NodeID // of the last header
	scope    int32  // of the last header
	scopes   int32  // counts headers and inline tables
	unclosed []container
}

// Scan scans a text. The error is nil if the text is TOML 1.0. The document is never
// nil.
func Scan(text string) (*Document, *Error) {
	s := scanner{
		Document: &Document{
			Text:     text,
			Nodes:    make([]Node, 1, 8+len(text)/16),
			Keys:     make([]Key, 0, 8+len(text)/16),
			Values:   make([]Value, 0, 8+len(text)/16),
			lines:    newLines(text),
			children: make(map[child]NodeID, 8+len(text)/24),
		},
		pos: MarkLength(text),
		end: len(text),
	}
	s.Nodes[Root] = Node{Index: -1, form: formHeader}
	problem := s.checkEncoding()
	for s.err == nil && s.pos < s.end {
		s.line()
	}
	if problem != 0 {
		s.err = &Error{Problem: problem, Start: s.end, End: s.end + 1, Statement: s.statement, Origin: -1}
	}
	return s.Document, s.err
}

// checkEncoding ends the text at the first byte that TOML cannot contain, and returns
// the problem with it; 0 if there is no such byte.
func (s *scanner) checkEncoding() Problem {
	problem := Problem(0)
	if nul := strings.IndexByte(s.Text, 0); nul >= 0 {
		s.end, problem = nul, Binary
	}
	if !utf8.ValidString(s.Text[:s.end]) {
		s.end, problem = validLength(s.Text), NotUTF8
	}
	if isUTF16(s.Text) {
		s.end, problem = 0, UTF16
	}
	return problem
}

// isUTF16 reports whether a text begins with a byte order mark of UTF-16, or with an
// ASCII character in UTF-16.
func isUTF16(text string) bool {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return true
	}
	return len(text) > 1 && (text[0] == 0) != (text[1] == 0)
}

// validLength returns the length of the text's valid UTF-8 prefix.
func validLength(text string) int {
	for i := 0; ; {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
}

// fail records an error unless there is one already, and returns false.
func (s *scanner) fail(p Problem, start, end int) bool {
	return s.failFrom(p, start, end, -1, Root)
}

func (s *scanner) failFrom(p Problem, start, end, origin int, node NodeID) bool {
	if s.err == nil {
		s.err = &Error{p, start, max(start, min(end, s.end)), s.statement, s.named, origin, node}
	}
	return false
}

// peek returns the next byte, 0 at the end. There are no NUL bytes before the end.
func (s *scanner) peek() byte {
	if s.pos >= s.end {
		return 0
	}
	return s.Text[s.pos]
}

// has reports whether the rest of the text begins with prefix.
func (s *scanner) has(prefix string) bool {
	return strings.HasPrefix(s.Text[s.pos:s.end], prefix)
}

func (s *scanner) skipSpaces() {
	for s.pos < s.end && (s.Text[s.pos] == ' ' || s.Text[s.pos] == '\t') {
		s.pos++
	}
}

// line reads a line at the top level, and the further lines of its value.
func (s *scanner) line() bool {
	s.skipSpaces()
	s.statement, s.named = s.pos, false
	switch s.peek() {
	case 0, '#', '\n', '\r':
	case '[':
		if !s.header() {
			return false
		}
	default:
		if !s.keyValue() {
			return false
		}
	}
	return s.lineEnd()
}

func (s *scanner) lineEnd() bool {
	s.skipSpaces()
	if s.peek() == '#' && !s.comment() {
		return false
	}
	if s.pos >= s.end || s.newline() {
		return s.err == nil
	}
	return s.unexpected(Trailing)
}

// newline skips a newline if it is next, and reports whether it was.
func (s *scanner) newline() bool {
	switch {
	case s.has("\n"):
		s.pos++
	case s.has("\r\n"):
		s.pos += 2
	default:
		return false
	}
	return true
}

// comment reads a comment, up to its newline.
func (s *scanner) comment() bool {
	start := s.pos
	for s.pos < s.end && s.Text[s.pos] != '\n' && !s.has("\r\n") {
		if isControl(s.Text[s.pos]) {
			return s.unexpected(ControlCharacter)
		}
		s.pos++
	}
	s.Comments = append(s.Comments, Comment{start, s.pos})
	return true
}

// unexpected fails at the next character: with p, unless the character is not allowed
// anywhere.
func (s *scanner) unexpected(p Problem) bool {
	_, size := utf8.DecodeRuneInString(s.Text[s.pos:s.end])
	switch c := s.peek(); {
	case c == '\n' || s.has("\r\n"):
		size = 0
	case c == '\r':
		p = LoneReturn
	case c != 0 && isControl(c):
		p = ControlCharacter
	}
	return s.fail(p, s.pos, s.pos+size)
}

// isControl reports whether TOML forbids a byte in strings and comments.
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }
