// Package apikey lists the environment variables that hold API keys, and finds the keys
// that are never sent.
package apikey

import (
	"errors"
	"slices"
	"strings"
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

// ErrSecretsAPI means that a key belongs to a secrets API, whose keys begin with pfs_. It
// is never sent to Prefect 2 or 3.
var ErrSecretsAPI = errors.New("it is a key of a secrets API (pfs_), which is not sent to Prefect 2 or 3")

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

// IsPrefectCloud reports whether a key is one of Prefect Cloud 2 or 3.
func IsPrefectCloud(key string) bool { return begins(key, "pnu_") || begins(key, "pnb_") }

// IsSecretsAPI reports whether a key is one of a secrets API.
func IsSecretsAPI(key string) bool { return begins(key, "pfs_") }

// begins reports whether a key begins with a prefix, also with quotes, spaces or "Bearer"
// pasted in front of it.
func begins(key, prefix string) bool {
	key = strings.TrimLeft(strings.ToLower(key), " \t\r\n\"'\ufeff")
	key = strings.TrimLeft(strings.TrimPrefix(key, "bearer"), " \t:")
	return strings.HasPrefix(key, prefix)
}
