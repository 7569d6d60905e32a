package pysource

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

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
