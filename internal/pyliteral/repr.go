package pyliteral

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Str is what Python's str() makes of a value: a text as it is, a date or time in
// ISO's form, anything else as [Repr].
func Str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return strTime(v)
	}
	return Repr(v)
}

// Repr is what Python's repr() makes of a value that [Parse] can give, or that a
// decoder of TOML can. The order of a set's elements, which in Python depends on
// their hashes, is that in which they were given; a Go map's keys are sorted.
// Other values are written as fmt writes them.
func Repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case float64:
		return Float(v)
	case complex128:
		return reprComplex(v)
	case string:
		return quoted(v)
	case []byte:
		return "b" + quotedBytes(v)
	case []any:
		return "[" + joined(v) + "]"
	case Tuple:
		if len(v) == 1 {
			return "(" + Repr(v[0]) + ",)"
		}
		return "(" + joined(v) + ")"
	case Set:
		if len(v) == 0 {
			return "set()"
		}
		return "{" + joined(v) + "}"
	case Dict:
		return v.repr()
	case map[string]any:
		return sorted(v).repr()
	case Ellipsis:
		return "Ellipsis"
	case time.Time:
		return reprTime(v)
	case time.Duration:
		return reprDelta(v)
	}
	return fmt.Sprint(v)
}

func joined(items []any) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = Repr(item)
	}
	return strings.Join(parts, ", ")
}

func sorted(table map[string]any) Dict {
	dict := make(Dict, 0, len(table))
	for _, key := range slices.Sorted(maps.Keys(table)) {
		dict = append(dict, Item{key, table[key]})
	}
	return dict
}

func (d Dict) repr() string {
	parts := make([]string, len(d))
	for i, item := range d {
		parts[i] = Repr(item.Key) + ": " + Repr(item.Value)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// Float is how Python prints f: the shortest digits that read back, with an
// exponent from 1e16 on and below 1e-4.
func Float(f float64) string {
	text := bareFloat(f)
	if strings.Trim(text, "-0123456789") == "" {
		text += ".0"
	}
	return text
}

// bareFloat is Float without the .0 of a whole number, as it stands in complex
// numbers.
func bareFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(fmt.Sprint(f)), "+")
	}
	if abs := math.Abs(f); abs != 0 && (abs >= 1e16 || abs < 1e-4) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func reprComplex(c complex128) string {
	imaginary := bareFloat(imag(c)) + "j"
	if real(c) == 0 && !math.Signbit(real(c)) {
		return imaginary
	}
	if !strings.HasPrefix(imaginary, "-") {
		imaginary = "+" + imaginary
	}
	return "(" + bareFloat(real(c)) + imaginary + ")"
}

// quote is the quotation mark that Python puts around text.
func quote(text string) byte {
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		return '"'
	}
	return '\''
}

func quoted(text string) string {
	q := quote(text)
	var b strings.Builder
	b.WriteByte(q)
	for _, r := range text {
		switch {
		case r == rune(q) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n' || r == '\r' || r == '\t':
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte(q)
	return b.String()
}

func quotedBytes(text []byte) string {
	q := quote(string(text))
	var b strings.Builder
	b.WriteByte(q)
	for _, c := range text {
		switch {
		case c == q || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n' || c == '\r' || c == '\t':
			b.WriteString(strings.Trim(strconv.QuoteRune(rune(c)), "'"))
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(q)
	return b.String()
}
