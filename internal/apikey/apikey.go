// Package apikey lists the environment variables that hold API keys, and finds the keys
// that are never sent.
package apikey

import (
	"errors"
	"strings"
)

// Variables are the environment variables that hold an API key; the first that is
// set counts. Prefect 2 and 3 look for their own key in the last.
var Variables = []string{"PREFECT_SECRETS_API_KEY", "PREFECT__CLOUD__API_KEY", "PREFECT_API_KEY"}

// ErrPrefectCloud means that a key belongs to Prefect Cloud 2 or 3, whose keys begin
// with pnu_ or pnb_. It is never sent to a secrets API.
var ErrPrefectCloud = errors.New("it is a key of Prefect Cloud 2 or 3 (pnu_ or pnb_), which is not sent to this API")

// Check reports why a key cannot be sent: it is empty, is invalid in a header, or
// belongs to Prefect Cloud 2 or 3. The error never quotes the key.
func Check(key string) error {
	switch {
	case strings.TrimSpace(key) == "":
		return errors.New("there is no API key")
	case isPrefectCloud(key):
		return ErrPrefectCloud
	case !FitsHeader(key):
		return errors.New("the API key contains a space or a control character")
	}
	return nil
}

// FitsHeader reports whether a header can hold a key or an id: neither contains
// spaces or control characters.
func FitsHeader(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// isPrefectCloud reports whether a key is one of Prefect Cloud 2 or 3, also with
// quotes, spaces or "Bearer" pasted in front of it.
func isPrefectCloud(key string) bool {
	key = strings.TrimLeft(strings.ToLower(key), " \t\r\n\"'\ufeff")
	key = strings.TrimLeft(strings.TrimPrefix(key, "bearer"), " \t:")
	return strings.HasPrefix(key, "pnu_") || strings.HasPrefix(key, "pnb_")
}
