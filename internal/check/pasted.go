package check

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// pasted names the kind of credential that a string in a manifest looks like. It is
// empty for a string that can be a name, a pattern or a URL.
func credentialKind(text string) string {
	if tokens := findTokens(text); len(tokens) > 0 {
		return tokens[0].kind
	}
	switch {
	case strings.ContainsAny(text, "\r\n"):
		return "a value of several lines"
	case connectionString.MatchString(text):
		return "a connection string with a password"
	case strings.Contains(text, "://"):
		return urlCredential(text)
	case isRandom(text):
		return "a random string"
	}
	return ""
}

// Pasted names the kind of value that a text looks like where only a CI name can be. It
// is empty for one that can be a name.
func PastedKind(text string) string {
	what := credentialKind(text)
	switch {
	case what != "":
		return what
	case strings.Contains(text, "://"):
		return "a URL"
	case uuid.MatchString(text):
		return "a UUID"
	}
	return ""
}

var (
	connectionString = regexp.MustCompile(`(?i)(password|pwd|accountkey|sharedaccesskey|secret)\s*=\s*[^;\s]{4,}`)
	uuid             = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// pastedURL says what a URL holds that is secret, if anything.
func urlCredential(text string) string {
	u, err := url.Parse(text)
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

// How a random string differs from words: it has at least so many characters, and
// changes between capitals, small letters and digits at least so often.
const (
	minRandomLength = 16
	bytesPerChange  = 4
	base64PerChange = 5
	minChanges      = 5
	minDigitChanges = 2
)

// random reports whether a word of a text, or all of it as base64, changes between
// capitals, small letters and digits as often as random strings do, and words of a
// language do not.
func isRandom(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' })
	for _, word := range words {
		if changesLikeRandom(word, bytesPerChange) {
			return true
		}
	}
	return base64Text.MatchString(text) && changesLikeRandom(strings.Join(words, ""), base64PerChange)
}

var base64Text = regexp.MustCompile(`^[A-Za-z0-9+/]{20,}={0,2}$`)

func changesLikeRandom(word string, bytes int) bool {
	all, digits := countChanges(word)
	return len(word) >= minRandomLength && all >= max(minChanges, len(word)/bytes) && digits >= minDigitChanges
}

// turns counts where a capital follows a small letter and where a digit follows a
// letter or the reverse, and the latter alone as well.
func countChanges(word string) (all, digits int) {
	before := ' '
	for _, r := range word {
		switch {
		case before == ' ':
		case unicode.IsDigit(r) != unicode.IsDigit(before):
			all, digits = all+1, digits+1
		case unicode.IsLower(before) && unicode.IsUpper(r):
			all++
		}
		before = r
	}
	return all, digits
}
