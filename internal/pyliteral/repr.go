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

// Str formats a value as Python's str() does: a string as it is, a date or time in
// ISO form, anything else as [Repr].
func Str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return strTime(v)
	}
	return Repr(v)
}

// Repr formats a value that [Parse] or a TOML decoder returns, as Python's repr() does.
// The elements of a set, whose order in Python depends on hashes, are in the order of
// the text; a Go map's keys are sorted. Any other value is formatted by fmt.
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
		return reprString(v)
	case []byte:
		return "b" + reprBytes(v)
	case []any:
		return "[" + reprItems(v) + "]"
	case Tuple:
		if len(v) == 1 {
			return "(" + Repr(v[0]) + ",)"
		}
		return "(" + reprItems(v) + ")"
	case Set:
		if len(v) == 0 {
			return "set()"
		}
		return "{" + reprItems(v) + "}"
	case Dict:
		return v.repr()
	case map[string]any:
		return sortedDict(v).repr()
	case Ellipsis:
		return "Ellipsis"
	case time.Time:
		return reprTime(v)
	case time.Duration:
		return reprDelta(v)
	}
	return fmt.Sprint(v)
}

func reprItems(items []any) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = Repr(item)
	}
	return strings.Join(parts, ", ")
}

func sortedDict(table map[string]any) Dict {
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

// Float formats f as Python does: the shortest digits that parse as f, with an exponent
// from 1e16 on and below 1e-4.
func Float(f float64) string {
	text := shortFloat(f)
	if strings.Trim(text, "-0123456789") == "" {
		text += ".0"
	}
	return text
}

// shortFloat is Float without the .0 of an integral number, as in complex numbers.
func shortFloat(f float64) string {
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
	imaginary := shortFloat(imag(c)) + "j"
	if real(c) == 0 && !math.Signbit(real(c)) {
		return imaginary
	}
	if !strings.HasPrefix(imaginary, "-") {
		imaginary = "+" + imaginary
	}
	return "(" + shortFloat(real(c)) + imaginary + ")"
}

// quoteFor returns the quotation mark that Python uses around text.
func quoteFor(text string) byte {
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		return '"'
	}
	return '\''
}

func reprString(text string) string {
	q := quoteFor(text)
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

func reprBytes(text []byte) string {
	q := quoteFor(string(text))
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
