package pysource

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameOrString reads a name, or a string that begins with it as its prefix.
func (s *scanner) nameOrString() {
	length := nameLength(s.src[s.at:])
	end := s.at + length
	switch {
	case length == 0:
		s.unknownCharacter()
		return
	case end < len(s.src) && (s.src[end] == '"' || s.src[end] == '\'') && stringPrefixes[strings.ToLower(s.src[s.at:end])]:
		s.stringLiteral(end)
		return
	case s.src[s.at:end] == "for" && len(s.stack) > 0:
		s.tokens[s.stack[len(s.stack)-1].token].loop = true
	}
	s.add(tokName, end)
}

// unknownCharacter skips a character that Python does not know, such as a
// typographic quote.
func (s *scanner) unknownCharacter() {
	_, size := utf8.DecodeRuneInString(s.src[s.at:])
	s.fail("Python knows no such character outside of strings and comments", s.at, s.at+size)
	s.at += size
}

// stringPrefixes are the prefixes of strings and bytes, in lower case.
var stringPrefixes = map[string]bool{
	"r": true, "u": true, "b": true, "br": true, "rb": true, "f": true, "fr": true, "rf": true,
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || isDigit(c) || c >= utf8.RuneSelf
}

// nameLength returns the length of the name that src begins with.
func nameLength(src string) int {
	for i, r := range src {
		if r < utf8.RuneSelf && !isNameByte(byte(r)) || r >= utf8.RuneSelf && !isNameRune(r) {
			return i
		}
	}
	return len(src)
}

// isNameRune reports whether a name may have a character that is not ASCII.
func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) || unicode.Is(unicode.Pc, r)
}

// number reads a number.
func (s *scanner) number() {
	end := s.at + numberLength(s.src[s.at:])
	if digits := s.src[s.at:end]; digits[0] == '0' && strings.Trim(digits, "0123456789_") == "" && strings.Trim(digits, "0_") != "" {
		s.fail("Python 3 writes a number of base 8 as 0o17", s.at, end)
	}
	if digits := s.src[s.at:end]; digits[len(digits)-1] == '_' || strings.Contains(digits, "__") || len(digits) == 2 && baseDigits[digits[1]|0x20] != "" {
		s.fail("this number lacks a digit", s.at, end)
	}
	s.add(tokNumber, end)
}

// baseDigits are the digits of a number that begins with 0 and a letter, by that letter.
var baseDigits = map[byte]string{'x': "0123456789abcdefABCDEF_", 'o': "01234567_", 'b': "01_"}

// numberLength returns the length of the number that src begins with. A word may
// follow it without a space, as in 1if x.
func numberLength(src string) int {
	if len(src) > 1 && src[0] == '0' && baseDigits[src[1]|0x20] != "" {
		return 2 + prefixLength(src[2:], func(c byte) bool { return strings.IndexByte(baseDigits[src[1]|0x20], c) >= 0 })
	}
	n := digitsLength(src)
	if n < len(src) && src[n] == '.' {
		n++
		n += digitsLength(src[n:])
	}
	n += exponentLength(src[n:])
	if n < len(src) && (src[n] == 'j' || src[n] == 'J') {
		n++
	}
	return n
}

// exponentLength returns the length of the exponent that src begins with, or 0.
func exponentLength(src string) int {
	if len(src) < 2 || src[0] != 'e' && src[0] != 'E' {
		return 0
	}
	first := 1
	if src[1] == '+' || src[1] == '-' {
		first = 2
	}
	if n := digitsLength(src[first:]); n > 0 {
		return first + n
	}
	return 0
}

func digitsLength(src string) int {
	return prefixLength(src, func(c byte) bool { return isDigit(c) || c == '_' })
}

func prefixLength(src string, in func(byte) bool) int {
	n := 0
	for n < len(src) && in(src[n]) {
		n++
	}
	return n
}
