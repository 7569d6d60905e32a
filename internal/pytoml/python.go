package pytoml

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// What follows does what the methods of Python's str and its numbers do.

func isSpace(c rune) bool { return unicode.IsSpace(c) || c >= 0x1c && c <= 0x1f }

func strip(s string) string { return strings.TrimFunc(s, isSpace) }

func isAlnum(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }

// last is s[-n:][0] as a byte, for comparison with ASCII; ok is false beyond the
// beginning.
func last(s string, n int) (c byte, ok bool) {
	if n > len(s) {
		return 0, false
	}
	return s[len(s)-n], true
}

// first is s[0]; Python raises where there is none.
func firstByte(s string) byte {
	if s == "" {
		raise(indexError)
	}
	return s[0]
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

// withoutUnderscores takes out underscores, which may stand between digits alone.
func withoutUnderscores(s string) (string, bool) {
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !isDigit(s[i-1]) || !isDigit(s[i+1])) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// intOf is int(s, 0), of a text without underscores.
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
