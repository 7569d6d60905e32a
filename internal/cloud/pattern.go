package cloud

// Tokens of a compiled pattern that are not characters.
const (
	anyText = -1 // any number of characters
	anyRune = -2 // one character
)

// matchGlob reports whether a glob matches all of name: * matches any characters, ?
// matches one.
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

// like compiles a pattern of SQL's LIKE, as PostgreSQL reads it: % matches any
// characters, _ matches one, and a backslash makes the next character stand for
// itself.
func like(pattern string, negated bool) func(string) bool {
	tokens := likeTokens(pattern)
	return func(s string) bool { return matchTokens(tokens, s) != negated }
}

// likeTokens compiles several % in a row to one. A pattern with more characters than
// a name can have bytes matches no name, so it stops once that is certain.
func likeTokens(pattern string) []rune {
	var tokens []rune
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
		if r == anyText && len(tokens) > 0 && tokens[len(tokens)-1] == anyText {
			continue
		}
		if tokens = append(tokens, r); r != anyText {
			characters++
		}
		if characters > MaxName {
			break
		}
	}
	return tokens
}

// matchTokens reports whether a pattern matches all of s. After a mismatch it goes
// back to the last anyText only, so it takes at most as many steps as the product of
// both lengths.
func matchTokens(pattern []rune, s string) bool {
	text := []rune(s)
	p, t := 0, 0 // positions in pattern and text
	// Where to go on after a mismatch: behind the last anyText, and where what it
	// matches ends in the text. Below 0 there was none.
	retryPattern, retryText := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == anyText:
			p++
			retryPattern, retryText = p, t
		case p < len(pattern) && (pattern[p] == anyRune || pattern[p] == text[t]):
			p++
			t++
		case retryPattern >= 0: // anyText matches one character more
			retryText++
			p, t = retryPattern, retryText
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == anyText {
		p++
	}
	return p == len(pattern)
}
