package tomlpos

import (
	"strings"
	"unicode/utf8"
)

// quotedString reads a string of any kind.
func (s *scanner) quotedString() (Kind, bool) {
	switch {
	case s.has(`"""`):
		return MultilineString, s.multiline('"')
	case s.has(`'''`):
		return MultilineLiteral, s.multiline('\'')
	case s.has(`"`):
		return BasicString, s.singleLine('"')
	}
	return LiteralString, s.singleLine('\'')
}

func (s *scanner) singleLine(quote byte) bool {
	start := s.pos
	for s.pos++; s.pos < s.end; {
		switch c := s.Text[s.pos]; {
		case c == quote:
			s.pos++
			return true
		case c == '\n' || s.has("\r\n"):
			return s.fail(UnclosedString, start, s.pos)
		case isControl(c):
			return s.unexpected(ControlCharacter)
		case c == '\\' && quote == '"':
			if !s.escape() {
				return false
			}
		default:
			s.pos++
		}
	}
	return s.fail(UnclosedString, start, s.pos)
}

func (s *scanner) multiline(quote byte) bool {
	start := s.pos
	for s.pos += 3; s.pos < s.end; {
		switch c := s.Text[s.pos]; {
		case c == quote:
			if s.closingQuotes(quote) {
				return true
			}
		case c == '\n':
			s.pos++
		case c == '\r' && s.has("\r\n"):
			s.pos += 2
		case isControl(c):
			return s.unexpected(ControlCharacter)
		case c == '\\' && quote == '"':
			if !s.lineContinuation() && !s.escape() {
				return false
			}
		default:
			s.pos++
		}
	}
	return s.fail(UnclosedMultiline, start, start+3)
}

// closingQuotes skips a run of quotes and reports whether it closes the string: three
// do, and up to two before them belong to the string.
func (s *scanner) closingQuotes(quote byte) bool {
	start := s.pos
	for s.pos < s.end && s.Text[s.pos] == quote && s.pos-start < 5 {
		s.pos++
	}
	return s.pos-start >= 3
}

// lineContinuation skips a backslash that ends a line, and reports whether it is one.
func (s *scanner) lineContinuation() bool {
	pos := s.pos + 1
	for pos < s.end && (s.Text[pos] == ' ' || s.Text[pos] == '\t') {
		pos++
	}
	rest := s.Text[pos:s.end]
	if !strings.HasPrefix(rest, "\n") && !strings.HasPrefix(rest, "\r\n") {
		return false
	}
	s.pos = pos
	return true
}

// escape reads an escape, from its backslash.
func (s *scanner) escape() bool {
	if s.pos+1 >= s.end {
		s.pos++
		return true
	}
	switch c := s.Text[s.pos+1]; c {
	case 'b', 't', 'n', 'f', 'r', '"', '\\':
		s.pos += 2
		return true
	case 'u':
		return s.codePoint(4)
	case 'U':
		return s.codePoint(8)
	case 'e':
		return s.fail(EscapeE, s.pos, s.pos+2)
	case 'x':
		if _, ok := hex(s.Text[s.pos+2:s.end], 2); ok {
			return s.fail(EscapeX, s.pos, s.pos+4)
		}
	}
	_, size := utf8.DecodeRuneInString(s.Text[s.pos+1 : s.end])
	if isControl(s.Text[s.pos+1]) {
		size = 0
	}
	return s.fail(BadEscape, s.pos, s.pos+1+size)
}

func (s *scanner) codePoint(digits int) bool {
	r, ok := hex(s.Text[s.pos+2:s.end], digits)
	if !ok {
		return s.fail(BadEscape, s.pos, s.pos+2)
	}
	if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
		return s.fail(BadCodePoint, s.pos, s.pos+2+digits)
	}
	s.pos += 2 + digits
	return true
}

// hex reads a number of hexadecimal digits.
func hex(text string, digits int) (n uint32, ok bool) {
	if len(text) < digits {
		return 0, false
	}
	for i := range digits {
		d, ok := hexDigit(text[i])
		if !ok {
			return 0, false
		}
		n = n<<4 | d
	}
	return n, true
}

func hexDigit(c byte) (uint32, bool) {
	switch {
	case c >= '0' && c <= '9':
		return uint32(c - '0'), true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return uint32(c|0x20-'a') + 10, true
	}
	return 0, false
}
