package prefect

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxName is how long the name of a secret may be, in bytes.
const MaxName = 255

// CheckName reports a name that no store takes: an empty one, one over [MaxName]
// bytes, or one that is not UTF-8.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a name is empty")
	case !utf8.ValidString(name):
		return errors.New("a name is not UTF-8")
	case len(name) > MaxName:
		return fmt.Errorf("the name that begins with %q has %d bytes; at most %d", strings.ToValidUTF8(name[:20], ""), len(name), MaxName)
	}
	return nil
}
