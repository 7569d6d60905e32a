// Package fake is the secrets API over a memory store, with one tenant and a key
// of each role to begin with: what testkit, serve --dev and the embedded store
// have in common.
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

// directWriter stands as updated_by where no key wrote.
const directWriter = "testkit"

// Config describes a fake.
type Config struct {
	// Tenant is the slug of the tenant that the keys use by default.
	Tenant string
	// TenantID is its id, a UUID; empty means one made of the slug, always the
	// same.
	TenantID string
	// AdminKey and RunnerKey are bearer texts; empty means a random one.
	AdminKey, RunnerKey string
	// Dialect is [cloud.Config]'s.
	Dialect cloud.Dialect
	// Store keeps the secrets; nil means memory. Reset and snapshots are about
	// memory alone.
	Store cloud.Store
	// OnInvalid is [cloud.Config]'s.
	OnInvalid func(message string)
	// Record keeps calls and, for [Fake.Leaks], the values that were ever sent.
	Record bool
}

// Fake is a secrets API and all that is in it. It is safe for concurrent use.
type Fake struct {
	Engine
	store               *cloud.Memory
	secrets             cloud.Store // the store, or the one that was given
	Tenant              cloud.Tenant
	AdminKey, RunnerKey string
	seen                values
	saved               snapshots
	refused             invalid
	record              bool

	mu      sync.Mutex // guards what is admitted
	tenants []cloud.Tenant
	keys    []cloud.Key
}

// Format writes the tenant alone, whatever the verb.
func (f *Fake) Format(s fmt.State, _ rune) { _, _ = fmt.Fprintf(s, "fake of tenant %s", f.Tenant.Slug) }

// New makes a fake without secrets. It fails on an id or a key that the API
// refuses.
func New(c Config) (*Fake, error) {
	f := &Fake{
		store:     cloud.NewMemory(time.Now),
		Tenant:    cloud.Tenant{ID: cmp.Or(c.TenantID, tenantID(c.Tenant)), Slug: c.Tenant},
		AdminKey:  cmp.Or(c.AdminKey, randomKey(cloud.Admin)),
		RunnerKey: cmp.Or(c.RunnerKey, randomKey(cloud.Runner)),
		record:    c.Record,
	}
	f.secrets = f.store
	if c.Store != nil {
		f.secrets = c.Store
	}
	f.tenants, f.keys = f.beginning()
	config := cloud.Config{
		Store: f.secrets, Tenants: f.tenants, Keys: f.keys, Now: time.Now,
		Dialect: c.Dialect, OnInvalid: c.OnInvalid,
	}
	if c.Record {
		config.OnValue = f.seen.add
	}
	if c.OnInvalid == nil {
		config.OnInvalid = f.refused.add
	}
	return f, f.start(config, c.Record)
}

// beginning is what a fake admits at first and after a reset.
func (f *Fake) beginning() ([]cloud.Tenant, []cloud.Key) {
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

// AddTenant finds the tenant of that slug, or makes it, for the keys that every
// fake has.
func (f *Fake) AddTenant(slug string) (cloud.Tenant, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.tenants {
		if t.Slug == slug {
			return t, nil
		}
	}
	t := cloud.Tenant{ID: tenantID(slug), Slug: slug}
	tenants, keys := append(f.tenants[:len(f.tenants):len(f.tenants)], t), make([]cloud.Key, len(f.keys))
	for i, k := range f.keys {
		if k.Name == AdminName || k.Name == RunnerName {
			k.Tenants = append(k.Tenants[:len(k.Tenants):len(k.Tenants)], t.ID)
		}
		keys[i] = k
	}
	return t, f.admit(tenants, keys)
}

// AddKey admits one more key. A key without Secret gets a random one, which is
// returned.
func (f *Fake) AddKey(k cloud.Key) (secret string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	k.Secret = cmp.Or(k.Secret, randomKey(k.Role))
	return k.Secret, f.admit(f.tenants, append(f.keys[:len(f.keys):len(f.keys)], k))
}

func (f *Fake) admit(tenants []cloud.Tenant, keys []cloud.Key) error {
	if err := f.SetKeyring(tenants, keys); err != nil {
		return err
	}
	f.tenants, f.keys = tenants, keys
	return nil
}

// Set stores a secret without a request. The error, if any, is as
// [cloud.ReadSecret]'s.
func (f *Fake) Set(tenantID, name string, value json.RawMessage) error {
	read, err := cloud.ReadSecret(name, value)
	if err != nil {
		return err
	}
	if f.record {
		f.seen.add(name, read)
	}
	_, err = f.secrets.Set(context.Background(), tenantID, name, read, directWriter, false)
	return err
}

// Get is the value of a name; the error wraps [cloud.ErrNotFound] if it has none.
func (f *Fake) Get(tenantID, name string) (json.RawMessage, error) {
	return f.secrets.Get(context.Background(), tenantID, name)
}

// Names are the names of a tenant, sorted.
func (f *Fake) Names(tenantID string) ([]string, error) {
	return f.secrets.Names(context.Background(), tenantID)
}

// Reset forgets all but the first tenant and its two keys: secrets, calls,
// faults, snapshots, the values for [Fake.Leaks], and what else was admitted.
func (f *Fake) Reset() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Interrupt()
	f.store.Clear()
	f.ClearFaults()
	f.forgetCalls()
	f.seen.clear()
	f.saved.clear()
	return f.admit(f.beginning())
}

// forgetCalls forgets what clients asked for, invalid documents included.
func (f *Fake) forgetCalls() {
	f.ClearCalls()
	f.refused.clear()
}
