package release

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Cast is what a release makes of the text of a variable: true and false in any
// case, then in 0.9 the numbers that Python prints exactly so, in 1.4 any literal
// of Python's. It returns false for a text that stays as it is.
func (v Version) Cast(text string) (value any, changed bool) {
	switch {
	case strings.EqualFold(text, "true"):
		return true, true
	case strings.EqualFold(text, "false"):
		return false, true
	case v == V1_4:
		value, err := pyliteral.Parse(text)
		return value, err == nil
	}
	return castNumber(text)
}

// CastInFile is what a release makes of a text of the configuration's file: 1.4
// casts it, earlier ones leave it.
func (v Version) CastInFile(text string) (value any, changed bool) {
	if v != V1_4 {
		return nil, false
	}
	return v.Cast(text)
}

func castNumber(text string) (value any, changed bool) {
	if n, ok := new(big.Int).SetString(text, 10); ok && n.String() == text {
		if n.IsInt64() {
			return n.Int64(), true
		}
		return n, true
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && pyliteral.Float(f) == text {
		return f, true
	}
	return nil, false
}

// cast is the value of a text, whether it is cast or not.
func (v Version) cast(text string) any {
	if value, changed := v.Cast(text); changed {
		return value
	}
	return text
}
