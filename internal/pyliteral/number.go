package pyliteral

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// maxDigits is how many decimal digits an int may have (CPython 3.11,
// sys.int_info.default_max_str_digits).
const maxDigits = 4300

// Numbers as Python's lexical analysis defines them.
var (
	prefixedInt = lazyregexp.New(`^0(?:[xX](?:_?[0-9a-fA-F])+|[oO](?:_?[0-7])+|[bB](?:_?[01])+)`)
	decimal     = lazyregexp.New(`^(?:(?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?`)
)

// number reads an unsigned number, or the ellipsis.
func (p *parser) number() (node, bool) {
	rest := p.text[p.pos:]
	if strings.HasPrefix(rest, "...") {
		p.pos += 3
		return node{value: Ellipsis{}}, true
	}
	text := prefixedInt().FindString(rest)
	if text == "" {
		text = decimal().FindString(rest)
	}
	if text == "" || len(text) < len(rest) && isName(rest[len(text)]) {
		return node{}, false
	}
	p.pos += len(text)
	value, ok := numberOf(strings.ReplaceAll(text, "_", ""))
	return node{value, unsigned}, ok
}

// numberOf reads a number without underscores.
func numberOf(text string) (any, bool) {
	switch {
	case len(text) > 1 && text[0] == '0' && strings.ContainsAny(text[1:2], "xXoObB"):
		return intOf(text[2:], map[byte]int{'x': 16, 'o': 8, 'b': 2}[text[1]|0x20])
	case strings.HasSuffix(text, "j") || strings.HasSuffix(text, "J"):
		f, _ := strconv.ParseFloat(text[:len(text)-1], 64)
		return complex(0, f), true
	case strings.ContainsAny(text, ".eE"):
		f, _ := strconv.ParseFloat(text, 64)
		return f, true
	case text[0] == '0' && strings.Trim(text, "0") != "" || len(text) > maxDigits:
		return nil, false
	}
	return intOf(text, 10)
}

func intOf(digits string, base int) (any, bool) {
	if n, err := strconv.ParseInt(digits, base, 64); err == nil {
		return n, true
	}
	n, ok := new(big.Int).SetString(digits, base)
	return n, ok
}

func negate(v any) any {
	switch v := v.(type) {
	case int64:
		return -v // v is unsigned in the text, so this does not overflow
	case *big.Int:
		n := new(big.Int).Neg(v)
		if n.IsInt64() {
			return n.Int64()
		}
		return n
	case float64:
		return -v
	case complex128:
		return -v
	}
	return v
}

// complexOf adds or subtracts an imaginary number from a real one.
func complexOf(left, right any, minus bool) (node, bool) {
	imaginary, ok := right.(complex128)
	if !ok {
		return node{}, false
	}
	var sum complex128
	switch v := left.(type) {
	case int64:
		sum = complex(float64(v), 0)
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		if math.IsInf(f, 0) {
			return node{}, false
		}
		sum = complex(f, 0)
	case float64:
		sum = complex(v, 0)
	default:
		return node{}, false
	}
	if minus {
		return node{value: sum - imaginary}, true
	}
	return node{value: sum + imaginary}, true
}
