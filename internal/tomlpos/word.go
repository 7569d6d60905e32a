package tomlpos

import (
	"strconv"
	"strings"
)

// word reads a value without quotes: a number, a boolean, a date or time.
func (s *scanner) word() (Kind, bool) {
	start := s.pos
	s.skipWord()
	if isDate(s.Text[start:s.pos]) && s.pos+1 < s.end && s.Text[s.pos] == ' ' && isDigit(s.Text[s.pos+1]) {
		s.pos++
		s.skipWord()
	}
	if s.pos < s.end && isControl(s.Text[s.pos]) && !s.has("\n") && !s.has("\r\n") {
		return 0, s.unexpected(ControlCharacter)
	}
	kind, problem := classify(s.Text[start:s.pos])
	if problem != 0 {
		return 0, s.fail(problem, start, s.pos)
	}
	return kind, true
}

// skipWord skips to the end of a word.
func (s *scanner) skipWord() {
	for s.pos < s.end {
		switch c := s.Text[s.pos]; {
		case c <= ' ', c == 0x7f, c == ',', c == ']', c == '}', c == '#':
			return
		}
		s.pos++
	}
}

// classify returns the kind of a word, or the problem with it.
func classify(word string) (Kind, Problem) {
	digits := word
	if word[0] == '+' || word[0] == '-' {
		digits = word[1:]
	}
	switch {
	case word == "true" || word == "false":
		return Boolean, 0
	case digits == "inf" || digits == "nan":
		return Float, 0
	case isTime(word):
		return classifyTime(word)
	case isDigit(word[0]) || len(digits) < len(word) || word[0] == '.':
		return classifyNumber(word, digits)
	case word[0] == '=' || isAssignment(word):
		return 0, TwoEquals
	}
	switch strings.ToLower(strings.ReplaceAll(word, "_", "")) {
	case "inf", "nan":
		return 0, BadNumber
	}
	return 0, Unquoted
}

// isAssignment reports whether a word is a key and a value, such as b=1.
func isAssignment(word string) bool {
	key, value, _ := strings.Cut(word, "=")
	return bareLength(key) == len(key) && strings.Trim(value, "=") != ""
}

// isTime reports whether a word begins as dates and times do.
func isTime(word string) bool {
	return len(word) > 4 && hasShape(word[:5], "0000-") || len(word) > 2 && hasShape(word[:3], "00:")
}

// classifyNumber returns the kind of a number, given with and without its sign, or the
// problem with it.
func classifyNumber(word, digits string) (Kind, Problem) {
	if isShortInteger(digits) {
		return Integer, 0
	}
	switch prefix(word) {
	case "0x":
		return classifyInteger(word[2:], "0123456789abcdefABCDEF", 16)
	case "0o":
		return classifyInteger(word[2:], "01234567", 8)
	case "0b":
		return classifyInteger(word[2:], "01", 2)
	}
	rest, ok := integerPart(digits)
	if !ok {
		return 0, BadNumber
	}
	if rest == "" {
		return classifyInteger(word, "0123456789", 10)
	}
	if !isFraction(rest) {
		return 0, BadNumber
	}
	if _, err := strconv.ParseFloat(strings.ReplaceAll(word, "_", ""), 64); err != nil {
		return 0, NumberRange
	}
	return Float, 0
}

// isShortInteger reports whether a text has digits alone, without a leading zero, and so
// few that 64 bits hold them, as most numbers have.
func isShortInteger(digits string) bool {
	if digits == "" || len(digits) > 18 || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return false
		}
	}
	return true
}

func prefix(word string) string { return word[:min(2, len(word))] }

func classifyInteger(word, alphabet string, radix int) (Kind, Problem) {
	unsigned := word
	if radix == 10 {
		unsigned = strings.TrimLeft(word, "+-")
	}
	if n := digitsLength(unsigned, alphabet); n == 0 || n < len(unsigned) {
		return 0, BadNumber
	}
	if _, err := strconv.ParseInt(strings.ReplaceAll(word, "_", ""), radix, 64); err != nil {
		return 0, NumberRange
	}
	return Integer, 0
}

// integerPart skips decimal digits without a leading zero and returns the rest.
func integerPart(digits string) (string, bool) {
	n := digitsLength(digits, "0123456789")
	if n == 0 || n > 1 && digits[0] == '0' {
		return "", false
	}
	return digits[n:], true
}

// isFraction reports whether a text is a fraction, an exponent or both: .5, e5 or .5e5.
func isFraction(rest string) bool {
	if rest[0] == '.' {
		n := digitsLength(rest[1:], "0123456789")
		if n == 0 {
			return false
		}
		rest = rest[1+n:]
	}
	if rest == "" {
		return true
	}
	if rest[0]|0x20 != 'e' {
		return false
	}
	exponent := rest[1:]
	if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
		exponent = exponent[1:]
	}
	n := digitsLength(exponent, "0123456789")
	return n > 0 && n == len(exponent)
}

// digitsLength returns the length of the text's prefix of digits with single underscores
// between them; 0 if an underscore is anywhere else.
func digitsLength(text, alphabet string) int {
	n := 0
	for n < len(text) && (text[n] == '_' || strings.IndexByte(alphabet, text[n]) >= 0) {
		n++
	}
	run := text[:n]
	if strings.HasPrefix(run, "_") || strings.HasSuffix(run, "_") || strings.Contains(run, "__") {
		return 0
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
