package check

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// credentialKind returns what kind of credential a string in a manifest looks like,
// or "" for a string that can be a name, a pattern or a URL.
func credentialKind(str string) string {
	if tokens := findTokens(str); len(tokens) > 0 {
		return tokens[0].kind
	}
	switch {
	case strings.ContainsAny(str, "\r\n"):
		return "a value of several lines"
	case connectionString().MatchString(str):
		return "a connection string with a password"
	case strings.Contains(str, "://"):
		return urlCredential(str)
	case isRandom(str):
		return "a random string"
	}
	return ""
}

// PastedKind returns what kind of value a string looks like if only the name of a CI
// secret is allowed, or "" if it can be a name.
func PastedKind(str string) string {
	kind := credentialKind(str)
	switch {
	case kind != "":
		return kind
	case strings.Contains(str, "://"):
		return "a URL"
	case uuid().MatchString(str):
		return "a UUID"
	}
	return ""
}

var (
	connectionString = lazyregexp.New(`(?i)(password|pwd|accountkey|sharedaccesskey|secret)\s*=\s*[^;\s]{4,}`)
	uuid             = lazyregexp.New(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// urlCredential returns what kind of credential a URL holds, or "". A URL that does
// not parse counts as one.
func urlCredential(str string) string {
	u, err := url.Parse(str)
	if err != nil {
		return "a URL"
	}
	switch _, password := u.User.Password(); {
	case password:
		return "a URL with a password"
	case u.User != nil && isRandom(u.User.Username()):
		return "a URL with a token"
	case isRandom(u.Path), isRandom(u.RawQuery), isRandom(u.Fragment), isRandom(u.Opaque):
		return "a webhook or a URL with a token"
	}
	return ""
}

// A random string has at least minRandomLength bytes, and changes between capitals,
// small letters and digits more often than words do.
const (
	minRandomLength = 16
	bytesPerChange  = 4
	base64PerChange = 5
	minChanges      = 5
	minDigitChanges = 2
)

// isRandom reports whether a word of a string, or all of it as base64, looks random.
func isRandom(str string) bool {
	words := strings.FieldsFunc(str, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' })
	for _, word := range words {
		if changesLikeRandom(word, bytesPerChange) {
			return true
		}
	}
	return base64Text().MatchString(str) && changesLikeRandom(strings.Join(words, ""), base64PerChange)
}

var base64Text = lazyregexp.New(`^[A-Za-z0-9+/]{20,}={0,2}$`)

// changesLikeRandom reports whether a word changes once in bytes, or more often.
func changesLikeRandom(word string, bytes int) bool {
	all, digits := countChanges(word)
	return len(word) >= minRandomLength && all >= max(minChanges, len(word)/bytes) && digits >= minDigitChanges
}

// countChanges counts the changes from a small letter to a capital and between
// digits and letters; digits are only the latter.
func countChanges(word string) (all, digits int) {
	previous := ' '
	for _, r := range word {
		switch {
		case previous == ' ':
		case unicode.IsDigit(r) != unicode.IsDigit(previous):
			all, digits = all+1, digits+1
		case unicode.IsLower(previous) && unicode.IsUpper(r):
			all++
		}
		previous = r
	}
	return all, digits
}
