package check

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// isReference reports whether a string is one reference and nothing else: $NAME or
// ${NAME} to the environment, or ${section.key} to another setting.
func isReference(str string) bool {
	r, ok := release.WholeReference(str)
	return ok && r.Name != ""
}

// isTemplate reports whether a string has a ${NAME} in it, as in
// https://user:${PASSWORD}@host. A bare $ is not enough, because passwords have it too.
func isTemplate(str string) bool {
	_, after, ok := strings.Cut(str, "${")
	return ok && strings.IndexByte(after, '}') > 0
}

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
