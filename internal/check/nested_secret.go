package check

import (
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// longString is the length in bytes from which a string without spaces, inside a
// JSON secret, counts as a secret itself.
const longString = 20

// IsNestedSecret reports whether a string inside a JSON secret is a secret itself,
// and not a region, project or address: its key is that of a secret, it looks like a
// credential, or it is long and has no spaces. The key is empty for an element of a
// list at the top.
func IsNestedSecret(key, str string) bool {
	switch {
	case str == "":
		return false
	case IsSecretKey(key), len(findTokens(str)) > 0, connectionString().MatchString(str):
		return true
	case len(str) < longString || strings.ContainsFunc(str, unicode.IsSpace):
		return strings.Contains(str, "://") && urlCredential(str) != ""
	}
	return !isAddress(str) && !(isPublicKey(key) && isLabel(str))
}

// IsSecretKey reports whether the value of a key inside a JSON secret is secret.
// Unlike the value of a key in a config, it is never the name of a Prefect secret.
func IsSecretKey(key string) bool {
	key = snakeCase(key)
	if isSensitiveKey(key) {
		return true
	}
	for _, suffix := range []string{"password", "passphrase", "passwd", "pass", "token", "secret", "access_key", "account_key", "master_key", "apikey", "pin"} {
		if key == suffix || strings.HasSuffix(key, "_"+suffix) {
			return true
		}
	}
	// DBPASSWORD, JIRATOKEN
	return strings.HasSuffix(key, "password") || strings.HasSuffix(key, "token")
}

// isAddress reports whether a string is a URL without a secret in it, a host with or
// without a port, or an e-mail address.
func isAddress(str string) bool {
	if u, err := url.Parse(str); err == nil && u.Scheme != "" && u.Host != "" {
		return urlCredential(str) == ""
	}
	if address, err := mail.ParseAddress(str); err == nil && address.Address == str {
		return true
	}
	if _, err := netip.ParseAddr(str); err == nil {
		return true
	}
	return host().MatchString(str)
}

// host matches a name of several labels, the last of which is a word.
var host = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\.?(:[0-9]{1,5})?$`)
})

// isLabel reports whether a string is made of words and numbers, like the names of
// projects, buckets and regions.
func isLabel(str string) bool {
	return label().MatchString(str) && !isRandom(str) && !uuid().MatchString(str)
}

var label = lazyregexp.New(`^[A-Za-z][A-Za-z0-9._:/-]*$`)

// isPublicKey reports whether the value of a key is a location, a user or the like,
// which is not secret.
func isPublicKey(key string) bool {
	key = snakeCase(key)
	for _, word := range []string{
		"project", "project_id", "region", "zone", "location", "bucket", "dataset", "database", "schema", "warehouse", "cluster",
		"host", "hostname", "server", "account", "user", "username", "email", "name", "domain", "role", "type", "url", "uri", "endpoint", "environment",
	} {
		if key == word || strings.HasSuffix(key, "_"+word) {
			return true
		}
	}
	return false
}
