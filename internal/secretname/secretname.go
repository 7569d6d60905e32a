// Package secretname checks the names of secrets.
package secretname

import (
	"errors"
	"fmt"
	"strings"
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
