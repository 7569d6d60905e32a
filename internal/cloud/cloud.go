// Package cloud is the secrets API that Prefect Core's clients know from Prefect
// Cloud, over any [Store].
//
// [New] makes an [API], an http.Handler. The same handler serves over a socket
// and, by [Transport], inside a process. schema.graphql is its contract; the
// wire is that of Apollo Server 2.25 but for one difference: no error repeats
// what a client sent, other than names.
package cloud

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"
)

// Tenant is a set of secrets that no other tenant's keys see.
type Tenant struct {
	ID   string // a UUID
	Slug string // what people call it in a URL; unique
	Name string // what people call it; empty means the slug
}

// Key is a bearer token and what it allows.
type Key struct {
	// Name is kept as the writer of what is set with the key. It must be unique.
	Name string
	// Secret is the bearer text: visible ASCII without spaces.
	Secret string
	// Hash is the SHA-256 of the bearer text, for who does not have the text; it
	// counts where Secret is empty.
	Hash [sha256.Size]byte
	// Former are bearer texts that are good for a while longer, so that a key can
	// be given a new one and keep its name.
	Previous []PreviousHash
	Role     Role
	// Tenants are ids. The first is used where a request names none.
	Tenants []string
	// Patterns are globs over names (* any text, ? one character, anchored at
	// both ends); the key reaches only names that match one, and sees no others.
	// Without any it reaches all.
	Patterns []string
	// Expires is the first moment at which the key is refused; zero means never.
	Expires time.Time
}

// Config describes an API.
type Config struct {
	// Store keeps the secrets. Required.
	Store Store
	// Tenants must have at least one.
	Tenants []Tenant
	// Keys may be empty, and then everybody is refused.
	Keys []Key
	// Now tells the time for the expiry of keys. Required.
	Now func() time.Time
	// Spelling leaves the other spelling's fields out, and what no Prefect Cloud
	// had; the zero value keeps all.
	Dialect Dialect
	// Parallel bounds how many writes of one document, to different secrets, are in
	// the store at once. Zero means one; a store across a network gains from more.
	Parallel int
	// NoIntrospection refuses __schema and __type.
	NoIntrospection bool
	// TokenSecret goes into the tokens that switchTenant makes, beside the hash of
	// the key. APIs that are to accept each other's tokens have the same one. Empty
	// means the hashes alone: whoever knows a key's hash can then make its tokens.
	TokenSecret []byte
	// Hook, if set, stands around each request; see there for its contract. It is for
	// tests, and no server has one.
	Hook Hook
	// OnValue, if set, is told of each value that a client asks to have set, also
	// where the key or the document is refused, unless the value stands in the text
	// of a refused document. It may be called concurrently, and must not keep or
	// change the value.
	OnValue func(name string, value json.RawMessage)
	// OnInvalid, if set, is told why a request is answered with 400 or the like: the
	// same message that the client gets, which holds no value. It may be called
	// concurrently.
	OnInvalid func(message string)
	// Authenticate, if set, is asked for the key of a bearer text that no key has.
	// It returns nil or an error for one that it does not know either, and the
	// client learns no more than that. Secret, Hash and Former of the key that it
	// returns are ignored. It may be called concurrently.
	Authenticate func(ctx context.Context, token string) (*Key, error)
	// OnKnown, if set, is told that a request's key was recognised, before anything
	// else is done with the request. It may be called concurrently, and more than
	// once for a request.
	OnKnown func(ctx context.Context)
	// OnCall, if set, is told of each field of Query and Mutation that a client
	// asked for, once its outcome is known and before the client is. On
	// an error the client gets API_ERROR in place of the outcome. Of a request or
	// document that is refused as a whole it is told too: Field is empty then, Err
	// says why, Key is empty where nobody was recognised, and an error changes
	// nothing. Of a read of a value that is not there Err is [CodeNotFound]. Field is
	// [FieldForwarded] for a request that [Authorized.Forwarded] tells of. It may be
	// called concurrently.
	OnCall func(ctx context.Context, c Call) error
	// Bounds hold what requests take of the process; nil means that nothing does.
	Bounds Bounds
	// OnError, if set, is told of errors of the store, whose text the client does
	// not get. It may be called concurrently.
	OnError func(field string, err error)
}

// API answers the GraphQL requests of clients. It is safe for concurrent use.
type API struct {
	config    Config
	schema    *schema
	keyring   atomic.Pointer[keyring]
	epoch     atomic.Int64
	listSizes listSizes
}

// Format writes no secret, whatever the verb: the store may hold values in memory.
func (*API) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "cloud.API") }

// Interrupt makes requests under way fail at their next write, so that none of
// them reaches a store that is given another state meanwhile.
func (a *API) Interrupt() { a.epoch.Add(1) }

// access is who may ask for what. It is never changed once it is in use.
type keyring struct {
	tenants []Tenant
	keys    map[[32]byte]*key
	byName  map[string][]*key // more than one while a key is rotated
}

// New checks the configuration and makes an API of it. Its errors hold no key's
// secret.
func New(c Config) (*API, error) {
	if c.Store == nil || c.Now == nil {
		return nil, errors.New("an API needs a store and a clock: set Store and Now")
	}
	schema, err := c.Dialect.schema()
	if err != nil {
		return nil, err
	}
	c.Bounds = cmp.Or[Bounds](c.Bounds, unbounded{})
	a := &API{config: c, schema: schema}
	if err := a.SetKeyring(c.Tenants, c.Keys); err != nil {
		return nil, err
	}
	a.config.Tenants, a.config.Keys = nil, nil // the text of a key is not needed again
	return a, nil
}

// Admit replaces all tenants and keys at once. Requests under way end with those
// that they began with. On an error, which is as [New]'s, nothing changes.
func (a *API) SetKeyring(tenants []Tenant, keys []Key) error {
	next := &keyring{}
	if err := next.addTenants(tenants); err != nil {
		return err
	}
	if err := next.addKeys(keys); err != nil {
		return err
	}
	a.keyring.Store(next)
	return nil
}

// IsUUID reports whether s has the form of a UUID in lower case.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !strings.ContainsRune("0123456789abcdef", rune(s[i])) {
			return false
		}
	}
	return true
}

func (a *keyring) addTenants(tenants []Tenant) error {
	if len(tenants) == 0 {
		return errors.New("an API needs at least one tenant")
	}
	seen := map[string]bool{}
	for _, t := range tenants {
		t.ID = strings.ToLower(t.ID)
		if t.Name == "" {
			t.Name = t.Slug
		}
		switch {
		case !IsUUID(t.ID):
			return fmt.Errorf("tenant id %q is not a UUID", t.ID)
		case t.Slug == "":
			return fmt.Errorf("tenant %s has no slug", t.ID)
		case seen[t.ID] || seen[t.Slug]:
			return fmt.Errorf("tenant %s (%s) is given twice", t.Slug, t.ID)
		}
		seen[t.ID], seen[t.Slug] = true, true
		a.tenants = append(a.tenants, t)
	}
	return nil
}

// tenant finds a tenant by its id in lower case.
func (a *keyring) tenant(id string) (Tenant, bool) {
	for _, t := range a.tenants {
		if t.ID == id {
			return t, true
		}
	}
	return Tenant{}, false
}
