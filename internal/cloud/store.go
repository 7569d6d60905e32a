package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// ErrNotFound is what [Store.Get] returns for a name that has no value.
var ErrNotFound = errors.New("no such secret")

// Store keeps the secrets of tenants.
//
// A tenant is named by its id, a UUID in lower case. Names are any non-empty
// valid UTF-8 of at most 255 bytes, "/", "..", NUL and line breaks included; a
// store escapes them so that no name reaches another name or another tenant.
// Values are valid JSON other than null, of at most 64 KiB, and come back byte
// for byte.
//
// The last write wins. A value that Set returned nil for is kept even if the
// process dies at once; the memory store alone is excepted. Nothing that is
// passed in is kept or changed, nothing that is returned is used again, so
// callers may do with both what they like. All methods may be called
// concurrently, and a reader never sees half of a write.
//
// Every method stops when its context is cancelled and then returns an error
// that wraps ctx.Err(); a write that was under way may have happened or not. No
// error's text holds a value; names it may hold.
type Store interface {
	// Set creates or overwrites a secret. Writer is the name of the key in use,
	// kept for Info. With compare, a value whose bytes equal the stored ones is
	// not written again, gets no new version, and changed is false; the bytes are
	// compared in constant time. Otherwise changed is true.
	Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (changed bool, err error)

	// Get returns a value. The error wraps ErrNotFound if the name has none,
	// which includes every name of a tenant that was never written to.
	Get(ctx context.Context, tenant, name string) (json.RawMessage, error)

	// Delete removes a secret and what is known about it. To delete a name that
	// does not exist is no error. A name set again afterwards starts at version 1.
	Delete(ctx context.Context, tenant, name string) error

	// Names returns the names of a tenant sorted by their bytes. It reads no
	// values and costs one listing. A tenant without secrets has none, and no
	// error.
	Names(ctx context.Context, tenant string) ([]string, error)

	// Info returns what is known about the names given, without values. Names
	// that do not exist are missing from the result, and no error.
	Info(ctx context.Context, tenant string, names ...string) (map[string]Info, error)

	// Ping returns nil if the store would answer now. It costs at most one request
	// and reads no secret.
	Ping(ctx context.Context) error
}

// Info is what a store knows of a secret beside its value.
type Info struct {
	// Version counts the writes since the name was created, from 1.
	Version int
	// Updated is the time of the last write, in UTC.
	Updated time.Time
	// Writer is the name of the key that wrote last.
	Writer string
}
