// Package apikey lists the environment variables that hold API keys, and finds the keys
// that are never sent.
package apikey

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Variables are the environment variables that hold an API key; the first that is
// set counts. Prefect 2 and 3 look for their own key in the last.
var Variables = []string{"PREFECT_SECRETS_API_KEY", "PREFECT__CLOUD__API_KEY", "PREFECT_API_KEY"}

// AuthString is the variable in which Prefect 3 looks for the user and the password of a
// server.
const AuthString = "PREFECT_API_AUTH_STRING"

// Names are the variables that hold keys of any store. An entry with such a name is sent
// only if it is asked for by its name.
var Names = append(slices.Clone(Variables), AuthString)

// Why a key is not sent anywhere.
var (
	ErrNone      = errors.New("there is no API key")
	ErrNotHeader = errors.New("the API key contains a space or a control character")
)

// ErrPrefectCloud means that a key belongs to Prefect Cloud 2 or 3, whose keys begin
// with pnu_ or pnb_. It is never sent to a secrets API.
var ErrPrefectCloud = errors.New("it is a key of Prefect Cloud 2 or 3 (pnu_ or pnb_), which is not sent to this API")

// ErrAuthString means that a key is the auth string of a server, which Prefect Cloud does
// not take.
var ErrAuthString = errors.New("it is the auth string of a server, which is not sent to Prefect Cloud")

// ErrSecretsAPI means that a key belongs to a secrets API, whose keys begin with pfs_. It
// is never sent to Prefect 2 or 3.
var ErrSecretsAPI = errors.New("it is a key of prefect-secrets serve (pfs_), which is not sent to Prefect 2 or 3")

// Check reports why a key cannot be sent: it is empty, is invalid in a header, or
// belongs to Prefect Cloud 2 or 3. The error never quotes the key.
func Check(key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return ErrNone
	case IsPrefectCloud(key):
		return ErrPrefectCloud
	case !FitsHeader(key):
		return ErrNotHeader
	}
	return nil
}

// FitsHeader reports whether a header can hold a key or an id: neither contains
// spaces or control characters.
func FitsHeader(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// IsPrefectCloud reports whether a text is or contains a key of Prefect Cloud 2 or 3.
func IsPrefectCloud(text string) bool { return contains(text, "pnu_", "pnb_") }

// IsSecretsAPI reports whether a text is or contains a key of a secrets API.
func IsSecretsAPI(text string) bool { return contains(text, "pfs_") }

// HoldsKey reports whether a text contains a complete key of either kind. A text that is
// not given as a key may have the prefix as a word of its own.
func HoldsKey(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{"pfs_", "pnu_", "pnb_"}, func(prefix string) bool {
		for _, after := range strings.Split(text, prefix)[1:] {
			if isComplete(after) {
				return true
			}
		}
		return false
	})
}

// contains reports whether a text contains a key with one of the prefixes, also with
// anything pasted around it, and encoded in base64 as Basic authentication is.
func contains(text string, prefixes ...string) bool {
	return containsPlain(text, prefixes) ||
		containsEncoded(text, base64.RawStdEncoding, "+/", prefixes) || containsEncoded(text, base64.RawURLEncoding, "-_", prefixes)
}

func containsPlain(text string, prefixes []string) bool {
	if !strings.Contains(text, "_") { // which ends every prefix
		return false
	}
	text = strings.ToLower(text)
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return containsKey(text, prefix) })
}

// shortestKey is the length of the shortest text that is decoded to look for a key in it.
const shortestKey = 12

// containsEncoded does the same for the words of a text, decoded from base64.
func containsEncoded(text string, encoding *base64.Encoding, symbols string, prefixes []string) bool {
	shortest := encoding.EncodedLen(shortestKey)
	for len(text) >= shortest {
		length := 0
		for length < len(text) && (isKeyRune(rune(text[length])) || text[length] == symbols[0] || text[length] == symbols[1]) {
			length++
		}
		if length >= shortest {
			data, _ := encoding.DecodeString(text[:length]) // up to an error
			if containsPlain(string(data), prefixes) {
				return true
			}
		}
		text = text[min(length+1, len(text)):]
	}
	return false
}

// fullKey is how many letters and digits surely are a key behind its prefix. A secrets
// API's have 33, and those of Prefect Cloud 36.
const fullKey = 30

// isComplete reports whether what follows the prefix of a key is long enough for all of one.
func isComplete(after string) bool {
	return len(after)-len(strings.TrimLeftFunc(after, isKeyRune)) >= fullKey
}

// containsKey reports whether a text in lower case has the prefix of a key at the
// beginning of a word, or anywhere if a complete key follows.
func containsKey(text, prefix string) bool {
	before, after, found := strings.Cut(text, prefix)
	for found {
		last, _ := utf8.DecodeLastRuneInString(before)
		if before == "" || last != '_' && !unicode.IsLetter(last) && !unicode.IsDigit(last) {
			return true
		}
		if isComplete(after) {
			return true
		}
		before, after, found = strings.Cut(after, prefix)
		before = prefix + before
	}
	return false
}

// isKeyRune reports whether a character is a letter or a digit of ASCII.
func isKeyRune(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}
