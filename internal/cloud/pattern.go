package cloud

// What stands for any text and for one character in a pattern that is made ready.
const (
	anyText = -1
	anyRune = -2
)

// matches reports whether a glob covers the whole of name: * is any text, ? one
// character.
func matchGlob(glob, name string) bool {
	tokens := []rune(glob)
	for i, r := range tokens {
		switch r {
		case '*':
			tokens[i] = anyText
		case '?':
			tokens[i] = anyRune
		}
	}
	return matchTokens(tokens, name)
}

// like makes a pattern of SQL's LIKE ready, as PostgreSQL reads it: % is any
// text, _ one character, and a backslash takes the meaning from what follows.
func like(pattern string, negated bool) func(string) bool {
	tokens := likeTokens(pattern)
	return func(s string) bool { return matchTokens(tokens, s) != negated }
}

// likeTokens writes one % for several. A pattern of more characters than a name
// can have bytes covers none, and so is cut where that is clear.
func likeTokens(pattern string) []rune {
	var out []rune
	escaped, characters := false, 0
	for _, r := range pattern {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
			continue
		case r == '%':
			r = anyText
		case r == '_':
			r = anyRune
		}
		if r == anyText && len(out) > 0 && out[len(out)-1] == anyText {
			continue
		}
		if out = append(out, r); r != anyText {
			characters++
		}
		if characters > MaxName {
			break
		}
	}
	return out
}

// covers reports whether a pattern covers the whole of a text. It goes back to the last % only, so it takes at most the product of both
// lengths.
func matchTokens(pattern []rune, s string) bool {
	text := []rune(s)
	i, j, star, mark := 0, 0, -1, 0
	for j < len(text) {
		switch {
		case i < len(pattern) && pattern[i] == anyText:
			star, mark = i, j
			i++
		case i < len(pattern) && (pattern[i] == anyRune || pattern[i] == text[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == anyText {
		i++
	}
	return i == len(pattern)
}
