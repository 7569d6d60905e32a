package check

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// isReference reports whether a text is one reference and nothing else: $NAME
// or ${NAME} to the environment, or ${section.key} to another setting.
func isReference(text string) bool {
	r, ok := release.WholeReference(text)
	return ok && r.Name != ""
}

// isTemplate reports whether a text has a ${NAME} in it, as in
// https://user:${PASSWORD}@host. A bare $ is not enough: passwords have it too.
func isTemplate(text string) bool {
	_, after, ok := strings.Cut(text, "${")
	return ok && strings.IndexByte(after, '}') > 0
}

// shownReference reports whether a text is certain enough to be a reference to
// be shown: a password may begin with $, but hardly goes on as the names of
// environment variables and settings do.
func isDisplayableReference(text string) bool {
	if !isReference(text) {
		return false
	}
	name := strings.Trim(text, "${}")
	if strings.HasPrefix(text, "${") && strings.Contains(name, ".") {
		return prefixLength(name, "abcdefghijklmnopqrstuvwxyz_.") == len(name)
	}
	return prefixLength(name, upper+digits+"_") == len(name)
}
