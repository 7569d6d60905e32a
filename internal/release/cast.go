package release

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Cast returns what a release casts the string of a variable to: true and false in
// any case, then before 0.11.0 the numbers that Python prints exactly so, and from
// then on any Python literal. It returns false for a string that is not cast.
func (v Version) Cast(text string) (value any, changed bool) {
	switch {
	case strings.EqualFold(text, "true"):
		return true, true
	case strings.EqualFold(text, "false"):
		return false, true
	case v.does(castsLiterals):
		value, err := pyliteral.Parse(text)
		return value, err == nil
	}
	return castNumber(text)
}

// CastInFile returns what a release casts a string of the configuration's file to:
// 0.11.2 was the first that casts there.
func (v Version) CastInFile(text string) (value any, changed bool) {
	if !v.CastsFile() {
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

// cast returns the value of a string, whether it is cast or not.
func (v Version) cast(text string) any {
	if value, changed := v.Cast(text); changed {
		return value
	}
	return text
}
