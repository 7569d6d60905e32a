// Package cloud is the secrets API that Prefect Core's clients know from Prefect
// Cloud, over any [Store].
//
// [New] returns an [API], which is an http.Handler. The same handler serves over a
// socket and, by [Transport], inside a process. schema.graphql is its contract. On
// the wire it behaves like Apollo Server 2.25, with one difference: no error repeats
// what a client sent, except for names.
//
// The way of a request, by file:
//
//	handler.go    API.ServeHTTP answers it, and calls the rest in this order
//	auth.go       finds its key and its tenant
//	requests.go   reads its body, and refuses one that is too large
//	documents.go  reads the documents in the body
//	resolvers.go  says which function and which role each field has
//	secret.go     sets, deletes and returns secrets
//	reply.go      writes the answer
//
// What limits one document (fields, depth, tokens) is in package graphql. [Hook] lets
// package fake inject faults.
package cloud

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// Tenant is a set of secrets that no other tenant's keys can see.
type Tenant struct {
	ID   string // a UUID
	Slug string // its name in URLs; unique
	Name string // its display name; empty means the slug
}

// Key is a bearer token and what it allows.
type Key struct {
	// Name is unique. The store records it as the writer of what is set with the
	// key.
	Name string
	// Secret is the bearer token: visible ASCII without spaces.
	Secret string
	// Hash is the SHA-256 of the bearer token, for callers that do not have the
	// token itself. It is used if Secret is empty.
	Hash [sha256.Size]byte
	// Previous are earlier bearer tokens that remain valid for a while, so that a
	// key can get a new one without a new name.
	Previous []PreviousHash
	Role     Role
	// Tenants are ids. The first is used for requests that name no tenant.
	Tenants []string
	// Patterns are globs over names: * matches any characters, ? matches one, and
	// the whole name must match. The key sees and reaches only names that match one
	// of them. Without patterns it reaches all names.
	Patterns []string
	// Expires is the first moment at which the key is refused; zero means never.
	Expires time.Time
}

// PreviousHash is an earlier bearer token of a [Key].
type PreviousHash struct {
	// Hash is the SHA-256 of the token.
	Hash [sha256.Size]byte
	// Expires is the first moment at which it is refused. Required.
	Expires time.Time
}

// Config describes an API.
type Config struct {
	// Store holds the secrets. Required.
	Store Store
	// Tenants must have at least one element.
	Tenants []Tenant
	// Keys may be empty; then every request is refused.
	Keys []Key
	// Keyring, if set, is used instead of Tenants and Keys.
	Keyring *Keyring
	// Now returns the time for the expiry of keys. Required.
	Now func() time.Time
	// Dialect omits the fields of the other dialect and those that Prefect Cloud
	// never had; the zero value includes all.
	Dialect Dialect
	// Parallel is how many writes of one document, to different secrets, may be in
	// the store at the same time. Zero means one. A store that commits writes
	// together gains from more, and so does one across a network.
	Parallel int
	// NoIntrospection refuses __schema and __type.
	NoIntrospection bool
	// TokenSecret goes into the tokens that switchTenant issues, in addition to the
	// hash of the key. APIs that accept each other's tokens need the same one. If it
	// is empty, tokens depend on the hash alone, and anyone who knows a key's hash
	// can make them.
	TokenSecret []byte
	// Hook, if set, wraps each request; its contract is at [Hook]. It is for tests.
	// Servers have none.
	Hook Hook
	// OnValue, if set, is called with each value that a client asks to set, also if
	// the key or the document is refused, unless the value is a literal in the text
	// of a refused document. It may be called concurrently, and must not retain or
	// change the value.
	OnValue func(name string, value json.RawMessage)
	// OnInvalid, if set, is called with the reason why a request is answered with
	// 400 or a similar status: the message that the client gets, which holds no
	// value. It may be called concurrently.
	OnInvalid func(message string)
	// Authenticate, if set, resolves a token that matches no configured key. If it
	// returns nil or an error the client is unauthenticated, and learns no more than
	// that. Secret, Hash and Previous of the key that it returns are ignored. It may
	// be called concurrently.
	Authenticate func(ctx context.Context, token string) (*Key, error)
	// OnAuthenticated, if set, is called once a request's key is recognised, before
	// anything else is done with the request. It may be called concurrently, and more
	// than once for a request.
	OnAuthenticated func(ctx context.Context)
	// OnCall, if set, is called for each field of Query and Mutation that a client
	// asked for, after its outcome is known and before the client gets it. If OnCall
	// returns an error, the client gets API_ERROR instead of the outcome.
	//
	// It is also called once for a request or document that is refused entirely.
	// Field is then empty, Err says why, and Key is empty if no key was recognised;
	// an error that OnCall returns then changes nothing. If a value that is read
	// does not exist, Err is NOT_FOUND. For a request that
	// [AuthorizedClient.ReportForwarded] reports, Field is [FieldForwarded].
	//
	// It may be called concurrently.
	OnCall func(ctx context.Context, c Call) error
	// Bounds limit what requests may take of memory and time; nil means no limits.
	Bounds Bounds
	// OnError, if set, is called with errors of the store, whose text the client
	// does not get. It may be called concurrently.
	OnError func(field string, err error)
}

// API answers the GraphQL requests of clients. It is safe for concurrent use.
type API struct {
	config    Config
	schema    *schema
	keyring   atomic.Pointer[Keyring]
	epoch     atomic.Int64 // counts the calls of Interrupt
	listSizes listSizes
}

// Format writes no secret, whatever the verb: the store may hold values in memory.
func (*API) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "cloud.API") }

// Interrupt makes requests in progress fail at their next write, so that none of
// them reaches a store whose state is replaced in the meantime.
func (a *API) Interrupt() { a.epoch.Add(1) }

// New checks the configuration and returns an API for it. Its errors hold no key's
// secret.
func New(c Config) (*API, error) {
	if c.Store == nil || c.Now == nil {
		return nil, errors.New("an API needs a store and a clock: set Store and Now")
	}
	schema, err := c.Dialect.schema()
	if err != nil {
		return nil, err
	}
	c.Bounds = cmp.Or[Bounds](c.Bounds, noBounds{})
	if c.Keyring == nil {
		if c.Keyring, err = NewKeyring(c.Tenants, c.Keys); err != nil {
			return nil, err
		}
	}
	a := &API{config: c, schema: schema}
	a.keyring.Store(c.Keyring)
	a.config.Tenants, a.config.Keys, a.config.Keyring = nil, nil, nil // not needed again
	return a, nil
}

// SetKeyring replaces all tenants and keys at once. Requests in progress continue
// with the earlier ones. If it returns an error, like those of [New], nothing
// changes.
func (a *API) SetKeyring(tenants []Tenant, keys []Key) error {
	next, err := NewKeyring(tenants, keys)
	if err == nil {
		a.keyring.Store(next)
	}
	return err
}
