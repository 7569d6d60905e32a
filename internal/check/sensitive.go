package check

import (
	"regexp"
	"strings"

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
	return len(findTokens(value)) > 0
}

// isSensitiveKey reports whether a key holds a credential. Of Prefect's own settings
// that are api_key and auth_token under [cloud], auth_token under [cloud.agent],
// password under [server.database] and admin_secret under [server.hasura].
func isSensitiveKey(key string) bool {
	key = snakeCase(key)
	if sensitiveKeys[key] {
		return true
	}
	for _, suffix := range []string{"_password", "_passphrase", "_token", "_api_key", "_secret_key", "_private_key"} {
		if strings.HasSuffix(key, suffix) {
			return true
		}
	}
	return false
}

// snakeCase returns a key in small letters with underscores: client_secret for
// clientSecret.
func snakeCase(key string) string {
	key = camelBoundary.ReplaceAllString(key, "${1}_${2}")
	return strings.ReplaceAll(strings.ToLower(key), "-", "_")
}

var camelBoundary = regexp.MustCompile(`([a-z])([A-Z])`)

// sensitiveKeys match exactly: a key such as credentials_secret names a secret of
// Prefect's and does not hold one.
var sensitiveKeys = map[string]bool{
	"password": true, "passwd": true, "passphrase": true, "pwd": true,
	"token": true, "api_key": true, "apikey": true, "secret_key": true, "private_key": true,
	"secret": true, "admin_secret": true, "client_secret": true, "api_secret": true,
	"secret_access_key": true, "access_token_secret": true, "credentials": true,
}
