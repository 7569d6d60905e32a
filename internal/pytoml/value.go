package pytoml

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// readValue reads a value, of a node (load_value, lines 810–921). Kind is the type's name
// there.
func (r *reader) readValue(p part, strict bool, node tomlpos.NodeID) (value any, kind string) {
	v := p.text
	r.cost(len(v))
	if v == "" {
		refuse("Empty value is invalid")
	}
	switch lower := strings.ToLower(v); {
	case v == "true" || v == "false":
		r.addValue(node, tomlpos.Boolean, p, "")
		return v == "true", "bool"
	case lower == "true" || lower == "false":
		refuse("Only all lowercase booleans allowed")
	case isQuote(v[0]):
		text := stringOf(v)
		r.addValue(node, stringKind(v), p, text)
		return text, "str"
	case v[0] == '[':
		r.addValue(node, tomlpos.Array, p, "")
		return r.readArray(p, node), "array"
	case v[0] == '{':
		r.addValue(node, tomlpos.InlineTable, p, "")
		table := newTable(node)
		r.readInlineTable(p, table)
		return table, "inline_object"
	}
	return r.readScalar(p, strict, node)
}

// readScalar reads a date, a time or a number.
func (r *reader) readScalar(p part, strict bool, node tomlpos.NodeID) (value any, kind string) {
	if match := timePattern().FindStringSubmatch(p.text); match != nil {
		r.addValue(node, tomlpos.LocalTime, p, "")
		return timeOf(match), "time"
	}
	if date, ok := dateOf(p.text); ok {
		r.addValue(node, timeKind(date), p, "")
		return date, "date"
	}
	if !strict {
		refuse("Weirdness with leading zeroes or underscores in your number.")
	}
	value, kind = numberOf(p.text)
	r.addValue(node, numberKind(value), p, "")
	return value, kind
}

// numberOf reads a number (lines 896–921).
func numberOf(v string) (value any, kind string) {
	negative := v[0] == '-'
	v = strings.ReplaceAll(strings.TrimPrefix(v[:1], "-")+v[1:], "_", "")
	if !negative {
		v = strings.TrimPrefix(v, "+")
	}
	lower := strings.ToLower(v)
	switch {
	case strings.Contains(v, ".") || !strings.Contains(v, "x") && strings.Contains(lower, "e"):
		if _, after, found := strings.Cut(v, "."); found && after == "" {
			refuse("This float is missing digits after the point")
		}
		if !isDigit(byteAt(v, 0)) {
			refuse("This float doesn't have a leading digit")
		}
	case lower != "inf" && lower != "nan":
		n := intOf(v)
		if negative {
			n = new(big.Int).Neg(n)
		}
		return Int(n.String()), "int"
	}
	f, ok := floatOf(v)
	if !ok {
		refuse("could not convert string to float")
	}
	if negative {
		f = 0 - f
	}
	return f, "float"
}

// isStrictNumber returns false for what no number may look like. It is called with
// values of any kind (_strictly_valid_num, lines 90–110).
func isStrictNumber(n string) bool {
	n = strip(n)
	switch {
	case n == "" || n[0] == '_' || n[len(n)-1] == '_' || strings.Contains(n, "_.") || strings.Contains(n, "._"):
		return false
	case len([]rune(n)) == 1:
		return true
	case n[0] == '0' && !strings.ContainsRune(".obx", rune(n[1])):
		return false
	case n[0] == '+' || n[0] == '-':
		n = n[1:]
		if len(n) > 1 && n[0] == '0' && n[1] != '.' {
			return false
		}
	}
	return !strings.Contains(n, "__")
}

// escapes maps the letter of an escape to its character.
var escapes = map[byte]string{'0': "\x00", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", '"': `"`}

// stringOf reads a string with its quotes (lines 821–878).
func stringOf(v string) string {
	checkClosed(v)
	quote := v[0]
	if quote == '"' {
		checkEscapes(v)
		for _, prefix := range []string{`\u`, `\U`} {
			if strings.Contains(v, prefix) {
				parts := strings.Split(v, prefix)
				v = decodeUnicodeEscapes(parts[0], parts[1:], prefix)
			}
		}
		v = unescape(v)
	}
	return trimQuotes(v, quote)
}

// trimQuotes removes one or three quotes at both ends (lines 875–878).
func trimQuotes(v string, quote byte) string {
	if len(v) > 1 && v[1] == quote && (len(v) == 2 || v[2] == quote) {
		from, to := bounds(v, 2, 2)
		v = v[from:to]
	}
	from, to := bounds(v, 1, 1)
	return v[from:to]
}

// checkClosed refuses what follows a closing quote (lines 822–855). Python decides by
// the parts between quotes which quote closes the string.
func checkClosed(v string) {
	parts := strings.Split(v[1:], v[:1])
	three := len(parts) > 1 && parts[0] == "" && parts[1] == ""
	if three {
		parts = parts[2:]
	}
	closed, empty := false, 0
	for _, part := range parts {
		switch {
		case part == "" && three:
			empty++
		case part == "":
			closed = true
		case endsInOddBackslashes(part):
		case closed:
			refuse("Found tokens after a closed string. Invalid TOML.")
		case !three || empty > 1:
			closed = true
		default:
			empty = 0
		}
	}
}

// endsInOddBackslashes reports whether text ends in an odd number of backslashes.
func endsInOddBackslashes(text string) bool {
	return (len(text)-len(strings.TrimRight(text, `\`)))%2 == 1
}

// checkEscapes refuses an unknown escape (lines 857–868).
func checkEscapes(v string) {
	backslash := false
	for _, part := range strings.Split(v, `\`)[1:] {
		switch {
		case part == "":
			backslash = !backslash
		case escapes[part[0]] == "" && part[0] != 'u' && part[0] != 'U' && !backslash:
			refuse("Reserved escape sequence used")
		default:
			backslash = false
		}
	}
}

var hexDigits = lazyregexp.New(`^[0-9a-f]+$`)

// decodeUnicodeEscapes joins the parts of a string that was split at an escape's
// prefix, `\u` or `\U`, and replaces the escapes (_load_unicode_escapes, lines
// 567–596).
func decodeUnicodeEscapes(head string, parts []string, prefix string) string {
	var b strings.Builder
	b.WriteString(head)
	digits := 4
	if prefix == `\U` {
		digits = 8
	}
	skip := endsInOddBackslashes(head)
	for _, part := range parts {
		if skip {
			skip = endsInOddBackslashes(part)
			b.WriteString(prefix + part)
			continue
		}
		hex := strings.ToLower(cut(part, 0, digits))
		if hex == "" || hex == "d" {
			raise(indexError)
		}
		if !hexDigits().MatchString(hex) || hex[0] == 'd' && hex[1] > '7' {
			refuse("Invalid escape sequence")
		}
		switch n, _ := strconv.ParseUint(hex, 16, 32); {
		case n > math.MaxInt32:
			raise("OverflowError")
		case n > unicode.MaxRune:
			refuse("chr() arg not in range")
		default:
			b.WriteRune(rune(n))
		}
		b.WriteString(part[len(hex):])
	}
	return b.String()
}

// unescape replaces all escapes but those of code points (_unescape, lines 609–628).
func unescape(v string) string {
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i == len(v)-1 {
			b.WriteByte(v[i])
			continue
		}
		i++
		switch c := v[i]; {
		case escapes[c] != "":
			b.WriteString(escapes[c])
		case c == '\\':
			b.WriteByte(c)
		case c == 'u' || c == 'U':
			b.WriteString(v[i-1 : i+1])
		default:
			refuse("Reserved escape sequence used")
		}
	}
	return b.String()
}
