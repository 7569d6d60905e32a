package check

// MaskTokens is a text with whatever in it looks like a credential masked.
func MaskTokens(text string) string { return maskTokens(text) }
