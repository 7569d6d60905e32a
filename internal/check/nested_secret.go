package check

import (
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// longString is the length in bytes from which a string without spaces, inside a
// JSON secret, counts as a secret itself.
const longString = 20

// SecretInside reports whether a string inside a JSON secret is a secret itself, and
// not a region, project or address: its key says so, it has the shape of a
// credential, or it is long and has no spaces. The key is empty for an element of a
// list at the top.
func IsNestedSecret(key, text string) bool {
	switch {
	case text == "":
		return false
	case IsSecretKey(key), len(findTokens(text)) > 0, connectionString.MatchString(text):
		return true
	case len(text) < longString || strings.ContainsFunc(text, unicode.IsSpace):
		return strings.Contains(text, "://") && urlCredential(text) != ""
	}
	return !isAddress(text) && !(isPlaceKey(key) && isLabel(text))
}

// SecretKey reports whether a key inside a JSON secret says that its value is secret.
// Unlike a key of a config, it never holds the name of a Prefect secret.
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

// isAddress reports whether a text is a URL without a secret in it, a host with or
// without a port, or an e-mail address.
func isAddress(text string) bool {
	if u, err := url.Parse(text); err == nil && u.Scheme != "" && u.Host != "" {
		return urlCredential(text) == ""
	}
	if address, err := mail.ParseAddress(text); err == nil && address.Address == text {
		return true
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return host().MatchString(text)
}

// host is a name of several labels, of which the last is a word.
var host = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\.?(:[0-9]{1,5})?$`)
})

// isLabel reports whether a text is a label of words and numbers, as projects,
// buckets and regions have.
func isLabel(text string) bool {
	return label.MatchString(text) && !isRandom(text) && !uuid.MatchString(text)
}

var label = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._:/-]*$`)

// namesPlace reports whether a key says where or who, which is no secret.
func isPlaceKey(key string) bool {
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
