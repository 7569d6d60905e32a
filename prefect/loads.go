package prefect

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
)

// Why [Loads] did not read a text.
var (
	// ErrNotJSON means that json.loads raises JSONDecodeError: Prefect then
	// takes the text as it is.
	ErrNotJSON = errors.New("the text is not JSON")
	// ErrTooDeep means that the text opens more than [MaxDepth] brackets inside
	// one another, where json.loads raises RecursionError and Prefect fails.
	ErrTooDeep = errors.New("the text opens too many brackets")
	// ErrTooLong means that the text has a whole number of more than [MaxDigits]
	// digits, where json.loads raises ValueError and Prefect fails.
	ErrTooLong = errors.New("the text has a number of too many digits")
)

// MaxDepth is how many brackets [Loads] lets stand inside one another. CPython
// gives up at 1,000 frames, the caller's own included; half of that is what a
// flow can count on.
const MaxDepth = 500

// MaxDigits is how many digits a whole number may have (Python from 3.10.7 on,
// sys.int_info.default_max_str_digits).
const MaxDigits = 4300

// Loads reads text as Python's json.loads does: JSON, and also NaN, Infinity
// and -Infinity. Numbers come back as json.Number with every digit, those three
// as float64; objects as map[string]any, arrays as []any, null as nil. It fails
// with [ErrNotJSON], [ErrTooDeep] or [ErrTooLong].
func Loads(text string) (any, error) {
	p := pyJSON{rest: text}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.blanks(); p.rest != "" {
		return nil, ErrNotJSON
	}
	return v, nil
}

type pyJSON struct{ rest string }

func (p *pyJSON) blanks() { p.rest = strings.TrimLeft(p.rest, " \t\n\r") }

func (p *pyJSON) take(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

var pyConstants = []struct {
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

func (p *pyJSON) value(depth int) (any, error) {
	p.blanks()
	for _, c := range pyConstants {
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

func (p *pyJSON) object(depth int) (any, error) {
	object := map[string]any{}
	if p.blanks(); p.take("}") {
		return object, nil
	}
	for {
		p.blanks()
		if !strings.HasPrefix(p.rest, `"`) {
			return nil, ErrNotJSON
		}
		name, err := p.str()
		if err != nil {
			return nil, err
		}
		if p.blanks(); !p.take(":") {
			return nil, ErrNotJSON
		}
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		object[name] = v
		p.blanks()
		switch {
		case p.take("}"):
			return object, nil
		case !p.take(","):
			return nil, ErrNotJSON
		}
	}
}

func (p *pyJSON) array(depth int) (any, error) {
	array := []any{}
	if p.blanks(); p.take("]") {
		return array, nil
	}
	for {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		array = append(array, v)
		p.blanks()
		switch {
		case p.take("]"):
			return array, nil
		case !p.take(","):
			return nil, ErrNotJSON
		}
	}
}

// str reads the string that rest begins with.
func (p *pyJSON) str() (string, error) {
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

func (p *pyJSON) number() (any, error) {
	n := numberLength(p.rest)
	if n == 0 {
		return nil, ErrNotJSON
	}
	if digits(strings.TrimPrefix(p.rest[:n], "-")) > MaxDigits && !strings.ContainsAny(p.rest[:n], ".eE") {
		return nil, ErrTooLong
	}
	number := json.Number(p.rest[:n])
	p.rest = p.rest[n:]
	return number, nil
}

// numberLength is the length of the longest JSON number that s begins with, 0
// if it begins with none: as json.loads does, "1.x" is the number 1.
func numberLength(s string) int {
	i := len(s) - len(strings.TrimPrefix(s, "-"))
	whole := digits(s[i:])
	if whole == 0 {
		return 0
	}
	if s[i] == '0' {
		whole = 1
	}
	i += whole
	if i < len(s) && s[i] == '.' {
		if n := digits(s[i+1:]); n > 0 {
			i += 1 + n
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		sign := i + 1
		if sign < len(s) && (s[sign] == '+' || s[sign] == '-') {
			sign++
		}
		if n := digits(s[sign:]); n > 0 {
			i = sign + n
		}
	}
	return i
}

func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
