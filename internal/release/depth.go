package release

import "strings"

// tooDeep is the line of a TOML text on which it nests deeper than [MaxDepth]
// levels of brackets, or names a key of more parts; 0 if it nowhere does. The
// decoder recurses as deep as a text nests, and a stack that overflows ends the
// process. What it takes for brackets in a text that is not TOML does not matter,
// for that fails anyway.
func tooDeep(text string) (line int) {
	line = 1
	brackets, parts := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			line, parts = line+1, 0
		case '#':
			i = skipTo(text, i, "\n") - 1
		case '"', '\'':
			end := skipString(text, i)
			line += strings.Count(text[i:end], "\n")
			i = end - 1
		case '[', '{':
			brackets, parts = brackets+1, 0
		case ']', '}':
			brackets, parts = max(brackets-1, 0), 0
		case '=', ',':
			parts = 0
		case '.':
			parts++
		}
		if brackets > MaxDepth || parts > MaxDepth {
			return line
		}
	}
	return 0
}

// skipTo is where the next end stands from i on, or the text ends.
func skipTo(text string, i int, end string) int {
	if n := strings.Index(text[i:], end); n >= 0 {
		return i + n
	}
	return len(text)
}

// skipString is where the string ends that begins at i. One that is not closed
// ends with its line, or with the text if it may go over lines.
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
