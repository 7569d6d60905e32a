package check

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// isReference reports whether a string is one reference and nothing else: $NAME or
// ${NAME} to the environment, or ${section.key} to another setting. No shell sets a
// variable whose name begins with a digit: $1abc is a password.
func isReference(str string) bool {
	r, ok := release.WholeReference(str)
	return ok && r.Name != "" && (r.Braces || !strings.Contains(digits, r.Name[:1]))
}

// isTemplate reports whether a string has a ${NAME} in it, as in
// https://user:${PASSWORD}@host. A bare $ is not enough, because passwords have it too.
func isTemplate(str string) bool {
	_, after, ok := strings.Cut(str, "${")
	return ok && strings.IndexByte(after, '}') > 0
}

// refers reports whether a string takes its secret from elsewhere: it is a reference
// or a template, it has a bare $NAME where a URL has its password or a header its
// token, or it is an object whose leaves are references.
func refers(str string) bool {
	if !strings.Contains(str, "$") {
		return false
	}
	return isReference(str) || isTemplate(str) || headerReference().MatchString(str) || hasPasswordReference(str) || isReferringObject(str)
}

// headerReference matches a header of HTTP whose token is a reference.
var headerReference = lazyregexp.New(`^(?i:bearer|basic|token|apikey) \$[A-Za-z_][A-Za-z0-9_]*$`)

// isDisplayableReference reports whether a string is a reference and safe to
// display. A password may begin with $, but hardly goes on like the name of a
// variable or setting.
func isDisplayableReference(str string) bool {
	if !isReference(str) {
		return false
	}
	name := strings.Trim(str, "${}")
	if strings.HasPrefix(str, "${") && strings.Contains(name, ".") {
		return prefixLength(name, "abcdefghijklmnopqrstuvwxyz_.") == len(name)
	}
	return prefixLength(name, upper+digits+"_") == len(name)
}
