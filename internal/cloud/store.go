package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// ErrNotFound is what [Store.Get] returns for a name that has no value.
var ErrNotFound = errors.New("no such secret")

// Store holds the secrets of tenants.
//
// A tenant is identified by its id, a UUID in lower case. A name is any non-empty
// valid UTF-8 of at most 255 bytes; "/", "..", NUL and line breaks are allowed. A
// store escapes names so that no name can reach another name or another tenant. A
// value is valid JSON other than null, at most 64 KiB long, and is returned byte for
// byte.
//
// The last write wins. Once Set returns nil the value is durable, even if the
// process dies at once; only the memory store is exempt. A store neither retains nor
// changes what it is passed, and does not use again what it returned, so callers may
// modify both. All methods may be called concurrently, and a reader never sees half
// of a write.
//
// Every method stops when its context is cancelled, and then returns an error that
// wraps ctx.Err(). A write that was in progress may or may not have happened. The
// text of an error never holds a value; it may hold names.
type Store interface {
	// Set creates or overwrites a secret. Writer is the name of the key in use,
	// which Info returns. If compare is true and value has the same bytes as the
	// stored value, Set does not write it again, the secret gets no new version, and
	// changed is false; the bytes are compared in constant time. In all other cases
	// changed is true.
	Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (changed bool, err error)

	// Get returns a value. The error wraps ErrNotFound if the name has none, which
	// includes every name of a tenant that was never written to.
	Get(ctx context.Context, tenant, name string) (json.RawMessage, error)

	// Delete removes a secret and its Info. Deleting a name that does not exist is
	// not an error. A name that is set again afterwards starts at version 1.
	Delete(ctx context.Context, tenant, name string) error

	// Names returns the names of a tenant, sorted by their bytes. It reads no values
	// and costs one listing. For a tenant without secrets it returns no names and no
	// error.
	Names(ctx context.Context, tenant string) ([]string, error)

	// Info returns what the store knows about the given names, without values. Names
	// that do not exist are missing from the result, which is not an error.
	Info(ctx context.Context, tenant string, names ...string) (map[string]Info, error)

	// Ping returns nil if the store is able to answer now. It costs at most one
	// request and reads no secret.
	Ping(ctx context.Context) error
}

// Info is what a store knows about a secret in addition to its value.
type Info struct {
	// Version counts the writes since the name was created, from 1.
	Version int
	// Updated is the time of the last write, in UTC.
	Updated time.Time
	// Writer is the name of the key that wrote last.
	Writer string
}
