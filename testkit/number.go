package testkit

import (
	"encoding/json"
	"strconv"
	"strings"
)

// number is the exact value of a JSON number: 0.digits times ten to the power of exp,
// without zeros at either end of the digits.
type number struct {
	negative bool
	digits   string
	exp      int
}

// parseNumber reads a number exactly, however many digits it has. A number whose
// exponent is out of range for an int is equal only to the same string.
func parseNumber(n json.Number) number {
	unsigned, negative := strings.CutPrefix(n.String(), "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(unsigned), "e")
	exp := 0
	if power != "" {
		var err error
		if exp, err = strconv.Atoi(power); err != nil {
			return number{negative, unsigned, 0}
		}
	}
	integer, fraction, _ := strings.Cut(mantissa, ".")
	exp += len(integer)
	digits := integer + fraction
	significant := strings.TrimLeft(digits, "0")
	exp -= len(digits) - len(significant)
	significant = strings.TrimRight(significant, "0")
	if significant == "" {
		return number{}
	}
	return number{negative, significant, exp}
}
