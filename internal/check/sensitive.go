package check

// Sensitive reports whether a setting could be a secret: it stands under
// context.secrets, its key says that it holds one, or its text has the shape of a
// known token. The text may be empty.
func Sensitive(path []string, text string) bool {
	if len(path) >= 2 && path[0] == "context" && path[1] == "secrets" {
		return true
	}
	for _, key := range path {
		if sensitive(key) {
			return true
		}
	}
	return len(findTokens(text)) > 0
}
