package testkit

import (
	"encoding/json"
	"strconv"
	"strings"
)

// number is what a number of JSON is worth: 0.digits times ten to the power of
// exp, without zeros at either end of the digits.
type number struct {
	negative bool
	digits   string
	exp      int
}

// worth reads a number exactly, however many digits it has. An exponent beyond
// those of an int is kept as the text it is.
func worth(n json.Number) number {
	text, negative := strings.CutPrefix(n.String(), "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	exp := 0
	if power != "" {
		var err error
		if exp, err = strconv.Atoi(power); err != nil {
			return number{negative, text, 0}
		}
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exp += len(whole)
	digits := whole + fraction
	trimmed := strings.TrimLeft(digits, "0")
	exp -= len(digits) - len(trimmed)
	if trimmed = strings.TrimRight(trimmed, "0"); trimmed == "" {
		return number{}
	}
	return number{negative, trimmed, exp}
}
