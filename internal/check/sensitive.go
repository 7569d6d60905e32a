package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

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
	return len(findTokens(value)) > 0 || passwordKind(value) != ""
}

// isSensitiveKey reports whether a key holds a credential. Of Prefect's own settings
// that are api_key and auth_token under [cloud], auth_token under [cloud.agent],
// password under [server.database] and admin_secret under [server.hasura].
func isSensitiveKey(key string) bool {
	key = snakeCase(key)
	return slices.ContainsFunc(sensitiveParts, func(part string) bool { return strings.Contains(key, part) }) && sensitiveKey().MatchString(key)
}

// sensitiveParts are what keys contain that sensitiveKey matches; most keys have none
// of them.
var sensitiveParts = []string{"key", "token", "pass", "pwd", "secret", "conn", "auth", "credentials"}

// sensitiveKey matches the keys that hold a credential. One such as
// credentials_secret names a secret of Prefect's and does not hold one, so that
// secret counts after a few words alone; so does credentials alone.
var sensitiveKey = lazyregexp.New(`(password|passwd|passphrase|passcode|token)$|` +
	`(^|_)(pwd|pass|api_?key|(secret|private|access|encryption|account|master|signing|shared|storage|fernet|auth|hmac|decryption)_?key|` +
	`conn(ect|ection)?_?str(ing)?|(admin|client|api|app|consumer|shared|jwt|webhook|cookie|hasura|access_token)_?secret|basic_auth)$|` +
	`^(secret|authorization|credentials)$`)

// snakeCase returns a key in small letters with underscores: client_secret for
// clientSecret.
func snakeCase(key string) string {
	if !strings.ContainsFunc(key, func(r rune) bool { return r == '-' || 'A' <= r && r <= 'Z' || r >= utf8.RuneSelf }) {
		return key
	}
	snake := make([]byte, 0, len(key)+4)
	for i := range len(key) {
		c := key[i]
		if i > 0 && 'A' <= c && c <= 'Z' && 'a' <= key[i-1] && key[i-1] <= 'z' {
			snake = append(snake, '_')
		}
		if c == '-' {
			c = '_'
		}
		snake = append(snake, c)
	}
	return strings.ToLower(string(snake))
}
