// Package refused names the key that a store does not accept.
package refused

import (
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Key returns err in words that name the key, by where it was found, and the store at
// url, if err means that the store does not know that key. It returns any other error
// unchanged. Either of the texts may be empty.
func Key(err error, from, url string) error {
	if !errors.Is(err, prefect.ErrUnauthenticated) || errors.Is(err, prefect.ErrTenantRefused) {
		return err
	}
	return &keyError{err: err, from: from, url: url}
}

type keyError struct {
	err       error
	from, url string
}

func (e *keyError) Error() string {
	store, key := "the store", "the key"
	if e.url != "" {
		store += " at " + address.Display(e.url)
	}
	if e.from != "" {
		key += " from " + e.from
	}
	return fmt.Sprintf("%s does not accept %s: it is wrong, expired, revoked or for another store", store, key)
}

func (e *keyError) Unwrap() error { return e.err }
