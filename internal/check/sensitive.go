package check

import "github.com/prefect-secrets/prefect-secrets/internal/release"

// Sensitive reports whether a setting could be a secret: it is below
// context.secrets, a key of its path is sensitive, or its value, which may be empty,
// looks like a credential.
func Sensitive(path []string, value string) bool {
	if release.InSecrets(path) {
		return true
	}
	for _, key := range path {
		if isSensitiveKey(key) {
			return true
		}
	}
	return len(findTokens(value)) > 0
}
