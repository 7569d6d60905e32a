package pytoml

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// These functions do what Python's str methods, slices and numbers do.

// isSpace is str.isspace of one character.
func isSpace(c rune) bool { return unicode.IsSpace(c) || c >= 0x1c && c <= 0x1f }

// strip is str.strip.
func strip(s string) string { return strings.TrimFunc(s, isSpace) }

// isAlnum is str.isalnum of one character.
func isAlnum(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }

// byteAt is s[i], for comparison with ASCII: i counts bytes. It raises IndexError
// outside of s.
func byteAt[S string | []byte](s S, i int) byte {
	if i < 0 || i >= len(s) {
		raise(indexError)
	}
	return s[i]
}

// between is s[from:-to] in characters.
func between(s string, from, to int) string {
	runes := []rune(s)
	if from >= len(runes)-to {
		return ""
	}
	return string(runes[from : len(runes)-to])
}

// cut is s[from:to] in characters.
func cut(s string, from, to int) string {
	runes := []rune(s)
	to = min(to, len(runes))
	if from >= to {
		return ""
	}
	return string(runes[from:to])
}

// floatOf is float(s).
func floatOf(s string) (float64, bool) {
	s = strip(s)
	digits, ok := withoutUnderscores(s)
	if !ok || strings.ContainsAny(digits, "xXpP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(digits, 64)
	if numError, bad := err.(*strconv.NumError); bad && numError.Err == strconv.ErrSyntax {
		return 0, false
	}
	return f, true
}

// withoutUnderscores removes underscores, which are allowed only between digits.
func withoutUnderscores(s string) (string, bool) {
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !isDigit(s[i-1]) || !isDigit(s[i+1])) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

// isQuote reports whether c is a single or a double quote.
func isQuote[C byte | rune](c C) bool { return c == '"' || c == '\'' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// intOf is int(s, 0) for a string without underscores.
func intOf(s string) *big.Int {
	text := strip(s)
	digits := strings.TrimLeft(text, "+-")
	octal := len(digits) > 1 && digits[0] == '0' && isDigit(digits[1])
	if len(text)-len(digits) > 1 || octal && strings.Trim(digits, "0") != "" || strings.Contains(text, "_") {
		refuse("invalid literal for int() with base 0")
	}
	if octal {
		return new(big.Int)
	}
	n, ok := new(big.Int).SetString(text, 0)
	if !ok {
		refuse("invalid literal for int() with base 0")
	}
	return n
}

// decimal is int(s).
func decimal(s string) (int, bool) {
	s = strip(s)
	digits, ok := withoutUnderscores(s)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}
