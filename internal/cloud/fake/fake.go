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

// Config describes a fake.
type Config struct {
	// Tenant is the slug of the tenant that the keys use by default.
	Tenant string
	// TenantID is its id, a UUID; empty means one made of the slug, always the
	// same.
	TenantID string
	// AdminKey and RunnerKey are the bearer tokens; empty means a random one.
	AdminKey, RunnerKey string
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
	memory              *cloud.Memory
	secrets             cloud.Store // memory, or the Store of the Config
	Tenant              cloud.Tenant
	AdminKey, RunnerKey string
	sent                values
	snapshots           snapshots
	invalid             invalidDocuments
	record              bool

	mu      sync.Mutex // guards tenants and keys
	tenants []cloud.Tenant
	keys    []cloud.Key
}

// Format writes only the tenant, whatever the verb.
func (f *Fake) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "fake of tenant %s", f.Tenant.Slug) }

// New returns a fake without secrets. The error says which id or key the API refuses.
func New(c Config) (*Fake, error) {
	f := &Fake{
		memory:    cloud.NewMemory(time.Now),
		Tenant:    cloud.Tenant{ID: c.TenantID, Slug: c.Tenant},
		AdminKey:  c.AdminKey,
		RunnerKey: c.RunnerKey,
		record:    c.Record,
	}
	if f.Tenant.ID == "" {
		f.Tenant.ID = tenantID(c.Tenant)
	}
	if f.AdminKey == "" {
		f.AdminKey = randomKey(cloud.Admin)
	}
	if f.RunnerKey == "" {
		f.RunnerKey = randomKey(cloud.Runner)
	}
	f.secrets = f.memory
	if c.Store != nil {
		f.secrets = c.Store
	}
	f.tenants, f.keys = f.firstTenant()
	config := cloud.Config{
		Store: f.secrets, Tenants: f.tenants, Keys: f.keys, Now: time.Now,
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

// firstTenant returns the tenant and the keys of a new fake, and of one after a
// reset.
func (f *Fake) firstTenant() ([]cloud.Tenant, []cloud.Key) {
	ids := []string{f.Tenant.ID}
	return []cloud.Tenant{f.Tenant}, []cloud.Key{
		{Name: AdminName, Secret: f.AdminKey, Role: cloud.Admin, Tenants: ids},
		{Name: RunnerName, Secret: f.RunnerKey, Role: cloud.Runner, Tenants: ids},
	}
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
	return f.replace(f.firstTenant())
}

// clearRecord deletes what was recorded of requests, invalid documents included.
func (f *Fake) clearRecord() {
	f.ClearCalls()
	f.invalid.clear()
}
