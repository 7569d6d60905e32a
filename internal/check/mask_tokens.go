package check

// MaskTokens masks whatever in a text looks like a credential.
func MaskTokens(text string) string { return maskTokens(text) }
