// Package secretname checks the names of secrets.
package secretname

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Max is how many bytes the name of a secret may have.
const Max = 255

// Check reports a name that every store refuses: an empty one, one of more than
// [Max] bytes, or one that is not UTF-8.
func Check(name string) error {
	switch {
	case name == "":
		return errors.New("a name is empty")
	case !utf8.ValidString(name):
		return errors.New("a name is not UTF-8")
	case len(name) > Max:
		start := strings.ToValidUTF8(name[:20], "")
		return fmt.Errorf("the name that begins with %q has %d bytes; the limit is %d", start, len(name), Max)
	}
	return nil
}

// IsInvisible reports whether a character does not print, or prints as nothing or as a
// space other than the usual one, so that two names with and without it look alike.
func IsInvisible(r rune) bool {
	const brailleBlank = '\u2800'
	if r < utf8.RuneSelf { // most are, and have tables of their own in package unicode
		return r < ' ' || r > '~'
	}
	return !unicode.IsPrint(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
