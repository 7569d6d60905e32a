// Package pyjson reads JSON as Python's json.loads does.
package pyjson

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
)

// The errors of [Loads].
var (
	// ErrNotJSON means that json.loads raises JSONDecodeError: Prefect then
	// keeps the string unparsed.
	ErrNotJSON = errors.New("the text is not JSON")
	// ErrTooDeep means that brackets nest more than [MaxDepth] deep, where
	// json.loads raises RecursionError and Prefect fails.
	ErrTooDeep = errors.New("the text opens too many brackets")
	// ErrTooLong means that an integer has more than [MaxDigits] digits, where
	// json.loads raises ValueError and Prefect fails.
	ErrTooLong = errors.New("the text has a number of too many digits")
)

// MaxDepth is how deep brackets may nest. CPython gives up at 1,000 frames, the
// caller's own included; half of that is what a flow can count on.
const MaxDepth = 500

// MaxDigits is how many digits an integer may have (Python from 3.10.7 on,
// sys.int_info.default_max_str_digits).
const MaxDigits = 4300

// Loads parses text as Python's json.loads does: JSON, and also NaN, Infinity and
// -Infinity. It returns numbers as json.Number with every digit, those three as
// float64, objects as map[string]any, arrays as []any, null as nil. It fails with
// [ErrNotJSON], [ErrTooDeep] or [ErrTooLong].
func Loads(text string) (any, error) {
	p := parser{rest: text}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.skipSpace(); p.rest != "" {
		return nil, ErrNotJSON
	}
	return v, nil
}

type parser struct{ rest string }

func (p *parser) skipSpace() { p.rest = strings.TrimLeft(p.rest, " \t\n\r") }

// take reports whether rest begins with the token, and removes it there.
func (p *parser) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

var constants = []struct {
	token string
	value any
}{
	{"null", nil},
	{"true", true},
	{"false", false},
	{"NaN", math.NaN()},
	{"Infinity", math.Inf(1)},
	{"-Infinity", math.Inf(-1)},
}

func (p *parser) value(depth int) (any, error) {
	p.skipSpace()
	for _, c := range constants {
		if p.take(c.token) {
			return c.value, nil
		}
	}
	if depth == MaxDepth && (strings.HasPrefix(p.rest, "{") || strings.HasPrefix(p.rest, "[")) {
		return nil, ErrTooDeep
	}
	switch {
	case p.take("{"):
		return p.object(depth + 1)
	case p.take("["):
		return p.array(depth + 1)
	case strings.HasPrefix(p.rest, `"`):
		return p.str()
	default:
		return p.number()
	}
}

func (p *parser) object(depth int) (any, error) {
	object := map[string]any{}
	if p.skipSpace(); p.take("}") {
		return object, nil
	}
	for {
		p.skipSpace()
		if !strings.HasPrefix(p.rest, `"`) {
			return nil, ErrNotJSON
		}
		name, err := p.str()
		if err != nil {
			return nil, err
		}
		if p.skipSpace(); !p.take(":") {
			return nil, ErrNotJSON
		}
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		object[name] = v
		p.skipSpace()
		switch {
		case p.take("}"):
			return object, nil
		case !p.take(","):
			return nil, ErrNotJSON
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	array := []any{}
	if p.skipSpace(); p.take("]") {
		return array, nil
	}
	for {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
		p.skipSpace()
		switch {
		case p.take("]"):
			return array, nil
		case !p.take(","):
			return nil, ErrNotJSON
		}
	}
}

// str reads the string at the start of rest.
func (p *parser) str() (string, error) {
	end := 1
	for end < len(p.rest) && p.rest[end] != '"' {
		if p.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.rest) {
		return "", ErrNotJSON
	}
	var s string
	if json.Unmarshal([]byte(p.rest[:end+1]), &s) != nil {
		return "", ErrNotJSON
	}
	p.rest = p.rest[end+1:]
	return s, nil
}

func (p *parser) number() (any, error) {
	n := numberLength(p.rest)
	if n == 0 {
		return nil, ErrNotJSON
	}
	text := p.rest[:n]
	isInteger := !strings.ContainsAny(text, ".eE")
	if isInteger && digits(strings.TrimPrefix(text, "-")) > MaxDigits {
		return nil, ErrTooLong
	}
	p.rest = p.rest[n:]
	return json.Number(text), nil
}

// numberLength returns the length of the longest JSON number at the start of s, or
// 0 without one: as for json.loads, "1.x" begins with the number 1.
func numberLength(s string) int {
	i := len(s) - len(strings.TrimPrefix(s, "-"))
	switch {
	case digits(s[i:]) == 0:
		return 0
	case s[i] == '0':
		i++
	default:
		i += digits(s[i:])
	}
	i += fractionLength(s[i:])
	return i + exponentLength(s[i:])
}

func fractionLength(s string) int {
	if !strings.HasPrefix(s, ".") || digits(s[1:]) == 0 {
		return 0
	}
	return 1 + digits(s[1:])
}

func exponentLength(s string) int {
	if !strings.HasPrefix(s, "e") && !strings.HasPrefix(s, "E") {
		return 0
	}
	start := 1
	if len(s) > 1 && (s[1] == '+' || s[1] == '-') {
		start = 2
	}
	if digits(s[start:]) == 0 {
		return 0
	}
	return start + digits(s[start:])
}

// digits returns how many ASCII digits s begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
