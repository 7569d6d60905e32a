// Package surrogate finds halves of surrogate pairs, which a Go string cannot hold.
package surrogate

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// Lone reports whether valid JSON, or other text with JSON's escapes such as a GraphQL
// string, escapes half a surrogate pair. Python's json keeps such a half; Go's and most
// others replace it by U+FFFD.
func Lone(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return false
		}
		raw = raw[i:]
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

// codeUnit returns the code unit of the \uXXXX that raw begins with.
func codeUnit(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(unit), err == nil
}
