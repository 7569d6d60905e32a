// Package surrogate finds halves of surrogate pairs, which no Go string holds.
package surrogate

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// Lone reports whether valid JSON, or what is escaped as in JSON, such as a string of
// GraphQL, has an escape of half a surrogate pair in it. Python's json keeps one; Go's
// and most others put U+FFFD in its place.
func Lone(raw []byte) bool {
	for {
		at := bytes.IndexByte(raw, '\\')
		if at < 0 {
			return false
		}
		raw = raw[at:]
		first, ok := codeUnit(raw)
		switch second, _ := codeUnit(raw[min(6, len(raw)):]); {
		case !ok:
			raw = raw[min(2, len(raw)):]
		case !utf16.IsSurrogate(first):
			raw = raw[6:]
		case utf16.DecodeRune(first, second) == '\uFFFD':
			return true
		default:
			raw = raw[12:]
		}
	}
}

// escaped is the code unit of the \uXXXX that raw begins with.
func codeUnit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(unit), err == nil
}
