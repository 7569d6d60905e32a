package pytoml

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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

// cut is s[from:to] in characters.
func cut(s string, from, to int) string {
	start, _ := bounds(s, from, 0)
	end, _ := bounds(s, to, 0)
	return s[start:end]
}

// numeral returns s as Python's numbers read it: without spaces around it, and with
// ASCII digits in place of those of other scripts. In a string of ASCII alone, only C's
// spaces count.
func numeral(s string) string {
	if isASCII(s) {
		return strings.Trim(s, " \t\n\v\f\r")
	}
	return strings.Map(asciiDigit, strip(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func asciiDigit(c rune) rune {
	if c < utf8.RuneSelf || !unicode.IsDigit(c) {
		return c
	}
	for _, digits := range unicode.Nd.R16 {
		if lo := rune(digits.Lo); lo <= c && c <= rune(digits.Hi) {
			return '0' + (c-lo)%10
		}
	}
	for _, digits := range unicode.Nd.R32 {
		if lo := rune(digits.Lo); lo <= c && c <= rune(digits.Hi) {
			return '0' + (c-lo)%10
		}
	}
	return c
}

// floatOf is float(s).
func floatOf(s string) (float64, bool) {
	s = numeral(s)
	if strings.Trim(s, "0123456789_.+-eEiInNfFaAtTyY") != "" {
		return 0, false
	}
	digits, ok := withoutUnderscores(s)
	if !ok {
		return 0, false
	}
	if strings.EqualFold(strings.TrimLeft(digits, "+-"), "nan") && len(digits) <= len("-nan") {
		return math.NaN(), true
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

// maxIntDigits is how many decimal digits Python's int reads.
const maxIntDigits = 4300

// intOf is int(s, 0) for a string without underscores.
func intOf(s string) *big.Int {
	text := numeral(s)
	digits := strings.TrimLeft(text, "+-")
	octal := len(digits) > 1 && digits[0] == '0' && isDigit(digits[1])
	if len(text)-len(digits) > 1 || octal && strings.Trim(digits, "0") != "" || strings.Contains(text, "_") {
		refuse("invalid literal for int() with base 0")
	}
	if octal {
		return new(big.Int)
	}
	if len(digits) > maxIntDigits && isDigit(digits[1]) {
		refuse("Exceeds the limit for integer string conversion")
	}
	n, ok := new(big.Int).SetString(text, 0)
	if !ok {
		refuse("invalid literal for int() with base 0")
	}
	return n
}

// decimal is int(s).
func decimal(s string) (int, bool) {
	digits, ok := withoutUnderscores(numeral(s))
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}
