// Package fake is the secrets API over a store in memory, with one tenant and a key of
// two roles to begin with: testkit, serve --dev and the embedded store use it.
//
// [Engine.Inject] adds a fault, as a rule. The hook of the API (engine.go) asks
// rules.go which calls of a request the rules apply to, and faulty_request.go makes
// the faults happen. control.go serves the same over HTTP, for tests in other
// languages.
package fake

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// The names of the keys that every fake has.
const (
	AdminName  = "admin"
	RunnerName = "runner"
)

// directWriter is the updated_by of secrets that [Fake.Set] stored.
const directWriter = "testkit"

// Identity is the tenant and the keys that a fake begins with. Fakes may share one.
type Identity struct {
	Tenant              cloud.Tenant
	AdminKey, RunnerKey string

	tenants []cloud.Tenant
	keys    []cloud.Key
	keyring *cloud.Keyring
}

// NewIdentity returns an identity with one tenant. An empty id means one made of the slug,
// always the same; an empty key means a random one. The error says which id or key the API
// refuses.
func NewIdentity(slug, id, adminKey, runnerKey string) (*Identity, error) {
	i := &Identity{
		Tenant:    cloud.Tenant{ID: id, Slug: slug},
		AdminKey:  adminKey,
		RunnerKey: runnerKey,
	}
	if i.Tenant.ID == "" {
		i.Tenant.ID = tenantID(slug)
	}
	if i.AdminKey == "" {
		i.AdminKey = randomKey(cloud.Admin)
	}
	if i.RunnerKey == "" {
		i.RunnerKey = randomKey(cloud.Runner)
	}
	ids := []string{i.Tenant.ID}
	i.tenants = []cloud.Tenant{i.Tenant}
	i.keys = []cloud.Key{
		{Name: AdminName, Secret: i.AdminKey, Role: cloud.Admin, Tenants: ids},
		{Name: RunnerName, Secret: i.RunnerKey, Role: cloud.Runner, Tenants: ids},
	}
	var err error
	i.keyring, err = cloud.NewKeyring(i.tenants, i.keys)
	return i, err
}

// Format writes only the tenant, whatever the verb.
func (i *Identity) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "fake of tenant %s", i.Tenant.Slug)
}

// Config describes a fake.
type Config struct {
	// Tenant is the slug of the tenant that the keys use by default.
	Tenant string
	// Identity, if set, is used instead of one with random keys and Tenant.
	Identity *Identity
	// Dialect is the Dialect of [cloud.Config].
	Dialect cloud.Dialect
	// Store stores the secrets; nil means memory. Reset and snapshots work with
	// memory only.
	Store cloud.Store
	// Parallel is the Parallel of [cloud.Config].
	Parallel int
	// OnInvalid is the OnInvalid of [cloud.Config].
	OnInvalid func(message string)
	// Record records calls and, for [Fake.Leaks], the values that were ever sent.
	Record bool
}

// Fake is a secrets API with its tenants, keys and secrets. It is safe for concurrent
// use.
type Fake struct {
	Engine
	*Identity // also formats the fake, without the keys
	memory    *cloud.Memory
	secrets   cloud.Store // memory, or the Store of the Config
	sent      values
	snapshots snapshots
	invalid   invalidDocuments
	record    bool

	mu      sync.Mutex // guards tenants and keys
	tenants []cloud.Tenant
	keys    []cloud.Key
}

// New returns a fake without secrets.
func New(c Config) (*Fake, error) {
	if c.Identity == nil {
		var err error
		if c.Identity, err = NewIdentity(c.Tenant, "", "", ""); err != nil {
			return nil, err
		}
	}
	f := &Fake{
		Identity: c.Identity,
		memory:   cloud.NewMemory(time.Now),
		record:   c.Record,
		tenants:  c.Identity.tenants,
		keys:     c.Identity.keys,
	}
	f.secrets = f.memory
	if c.Store != nil {
		f.secrets = c.Store
	}
	config := cloud.Config{
		Store: f.secrets, Keyring: c.Identity.keyring, Now: time.Now,
		Dialect: c.Dialect, OnInvalid: c.OnInvalid, Parallel: c.Parallel,
	}
	if c.Record {
		config.OnValue = f.sent.add
	}
	if c.OnInvalid == nil {
		config.OnInvalid = f.invalid.add
	}
	return f, f.init(config, c.Record)
}

func randomKey(role cloud.Role) string { return string(role) + "-" + rand.Text() }

// tenantID makes a UUID of a slug (RFC 9562, version 8).
func tenantID(slug string) string {
	b := sha256.Sum256([]byte("prefect-secrets tenant " + slug))
	b[6] = b[6]&0x0f | 0x80
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// AddTenant returns the tenant with this slug. It adds a missing one, which the two
// keys that every fake has may use.
func (f *Fake) AddTenant(slug string) (cloud.Tenant, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.tenants {
		if t.Slug == slug {
			return t, nil
		}
	}
	t := cloud.Tenant{ID: tenantID(slug), Slug: slug}
	tenants := append(f.tenants[:len(f.tenants):len(f.tenants)], t)
	keys := make([]cloud.Key, len(f.keys))
	for i, k := range f.keys {
		if k.Name == AdminName || k.Name == RunnerName {
			k.Tenants = append(k.Tenants[:len(k.Tenants):len(k.Tenants)], t.ID)
		}
		keys[i] = k
	}
	return t, f.replace(tenants, keys)
}

// AddKey adds a key. A key without Secret gets a random one, which is returned.
func (f *Fake) AddKey(k cloud.Key) (secret string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k.Secret = cmp.Or(k.Secret, randomKey(k.Role))
	return k.Secret, f.replace(f.tenants, append(f.keys[:len(f.keys):len(f.keys)], k))
}

// replace replaces tenants and keys. On an error nothing changes.
func (f *Fake) replace(tenants []cloud.Tenant, keys []cloud.Key) error {
	if err := f.SetKeyring(tenants, keys); err != nil {
		return err
	}
	f.tenants, f.keys = tenants, keys
	return nil
}

// Set stores a secret without a request. The errors are those of [cloud.ReadSecret]
// and of the store.
func (f *Fake) Set(tenantID, name string, value json.RawMessage) error {
	read, err := cloud.ReadSecret(name, value)
	if err != nil {
		return err
	}
	if f.record {
		f.sent.add(name, read)
	}
	_, err = f.secrets.Set(context.Background(), tenantID, name, read, directWriter, false)
	return err
}

// Get returns the value of a secret; the error wraps [cloud.ErrNotFound] if there is
// none.
func (f *Fake) Get(tenantID, name string) (json.RawMessage, error) {
	return f.secrets.Get(context.Background(), tenantID, name)
}

// Names returns the names of a tenant's secrets, sorted.
func (f *Fake) Names(tenantID string) ([]string, error) {
	return f.secrets.Names(context.Background(), tenantID)
}

// Reset deletes everything but the first tenant and its two keys: secrets, calls,
// faults, snapshots, the values for [Fake.Leaks], and added tenants and keys.
func (f *Fake) Reset() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Interrupt()
	f.memory.Clear()
	f.ClearFaults()
	f.clearRecord()
	f.sent.clear()
	f.snapshots.clear()
	return f.replace(f.Identity.tenants, f.Identity.keys)
}

// clearRecord deletes what was recorded of requests, invalid documents included.
func (f *Fake) clearRecord() {
	f.ClearCalls()
	f.invalid.clear()
}
