package rawjson

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string with the fewest escapes, in the form of
// AppendCanonical.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			dst = append(dst, s[start:i]...)
			dst = appendEscaped(dst, rune(c))
			start = i + 1
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendEscaped appends one character of a JSON string.
func appendEscaped(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r < 0x20 || utf16.IsSurrogate(r) {
		return append(dst, '\\', 'u',
			hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
	}
	return utf8.AppendRune(dst, r)
}

// Canonical returns valid JSON in the form in which custom scalars are read: without
// white space between tokens and with one form for each string.
func Canonical(raw json.RawMessage) json.RawMessage { return AppendCanonical(nil, raw) }

// AppendCanonical appends valid JSON without white space between tokens and with one
// form for each string, so that equal strings are equal bytes: a client that escapes
// non-ASCII characters sends the same value as one that does not. Numbers, the order
// of keys and lone surrogates remain as they are.
func AppendCanonical(dst, raw []byte) []byte {
	c := Cursor{Text: raw}
	for c.Pos < len(c.Text) {
		switch b := c.Text[c.Pos]; b {
		case ' ', '\t', '\n', '\r':
			c.Pos++
		case '"':
			dst = appendUnescaped(append(dst, '"'), c.String(), appendEscaped)
			dst = append(dst, '"')
		default:
			dst = append(dst, b)
			c.Pos++
		}
	}
	return dst
}

// Unquote decodes the inside of a JSON string. It reports false if there is a lone
// surrogate.
func Unquote(span []byte) (string, bool) {
	if bytes.IndexByte(span, '\\') < 0 {
		return string(span), true
	}
	lone := false
	out := appendUnescaped(nil, span, func(dst []byte, r rune) []byte {
		lone = lone || utf16.IsSurrogate(r)
		return utf8.AppendRune(dst, r)
	})
	return string(out), !lone
}

// appendUnescaped appends the inside of a JSON string, and each escaped character
// with emit.
func appendUnescaped(dst, span []byte, emit func([]byte, rune) []byte) []byte {
	for i := 0; i < len(span); {
		if span[i] != '\\' {
			dst = append(dst, span[i])
			i++
			continue
		}
		r, n := unescape(span[i:])
		dst = emit(dst, r)
		i += n
	}
	return dst
}

// unescape decodes the escape at the start of b and returns the character and the
// length of the escape in bytes. A surrogate pair is one character.
func unescape(b []byte) (rune, int) {
	switch b[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := hex4(b[2:6])
		if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(b[8:12])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return r, 6
	}
	return rune(b[1]), 2
}

func hex4(b []byte) rune {
	var r rune
	for _, c := range b {
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r
}
