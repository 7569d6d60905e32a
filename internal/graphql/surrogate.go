package graphql

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/surrogate"
)

// loneSurrogate reports whether a string of a parsed document has half of a
// surrogate pair, which the parser replaces with another character.
func loneSurrogate(query string) bool {
	if !strings.Contains(query, `\u`) {
		return false
	}
	for i := 0; i < len(query); {
		rest := query[i:]
		switch {
		case rest[0] == '#':
			i += lengthThrough(rest, 1, "\n")
		case strings.HasPrefix(rest, `"""`):
			i += lengthThrough(rest, 3, `"""`)
		case rest[0] == '"':
			n := lengthThrough(rest, 1, `"`)
			if surrogate.Lone([]byte(rest[:n])) {
				return true
			}
			i += n
		default:
			i++
		}
	}
	return false
}

// lengthThrough returns the length of text up to and including end, which it looks
// for from the index from. An end after a backslash does not count, unless end is a
// line break.
func lengthThrough(text string, from int, end string) int {
	for i := from; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], end):
			return i + len(end)
		case text[i] == '\\' && end != "\n":
			i++
		}
	}
	return len(text)
}
