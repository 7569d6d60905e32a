package release

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// tooDeep reports whether a text has more than [tomlpos.MaxDepth] levels of brackets, or
// a key of more parts. In the decoder either would overflow the stack, which ends the
// process. It may count wrong in a text that is not TOML, which fails anyway.
func tooDeep(text string) bool {
	brackets, parts := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '#':
			i = skipTo(text, i, "\n") - 1
		case '"', '\'':
			i = skipString(text, i) - 1
		case '[', '{':
			brackets, parts = brackets+1, 0
		case ']', '}':
			brackets, parts = max(brackets-1, 0), 0
		case '\n', '=', ',':
			parts = 0
		case '.':
			parts++
		}
		if brackets > tomlpos.MaxDepth || parts > tomlpos.MaxDepth {
			return true
		}
	}
	return false
}

// skipTo returns the offset of the next end from i on, or of the end of the text.
func skipTo(text string, i int, end string) int {
	if n := strings.Index(text[i:], end); n >= 0 {
		return i + n
	}
	return len(text)
}

// skipString returns the offset after the string that begins at i. An unclosed one ends
// with its line, or with the text if it may span lines.
func skipString(text string, i int) int {
	quote := text[i : i+1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(text[i:], long) {
		quote = long
	}
	for i += len(quote); i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote[0] == '"':
			i++
		case text[i] == '\n' && len(quote) == 1:
			return i
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote)
		}
	}
	return len(text)
}
