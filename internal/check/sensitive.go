package check

import "github.com/prefect-secrets/prefect-secrets/internal/release"

// Sensitive reports whether a setting could be a secret: it stands under
// context.secrets, its key says that it holds one, or its text has the shape of a
// known token. The text may be empty.
func Sensitive(path []string, text string) bool {
	if release.InSecrets(path) {
		return true
	}
	for _, key := range path {
		if isSensitiveKey(key) {
			return true
		}
	}
	return len(findTokens(text)) > 0
}
