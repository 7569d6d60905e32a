package testkit

import (
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Tenant is the same fake as another tenant sees it, which is made if there is
// none of that slug. Both keys of the fake may use it: a request through the clients
// or the handler of what Tenant returns that names no tenant is for this one. On what Tenant returns, [Cloud.Inject] and [Cloud.Calls]
// are about that tenant alone unless the match names another.
func (c *Cloud) Tenant(slug string) *Cloud {
	c.t.Helper()
	tenant, err := c.fake.AddTenant(slug)
	if err != nil {
		c.t.Fatalf("testkit: tenant %q: %v", slug, err)
		return c
	}
	return &Cloud{t: c.t, fake: c.fake, tenant: tenant, only: true}
}

// TenantID is the id of the tenant that c is about, a UUID: [TenantID], or of a
// tenant made by [Cloud.Tenant] one that is always the same for its slug.
func (c *Cloud) TenantID() string { return c.tenant.ID }

// Key describes a key of a fake.
type Key struct {
	// Name is what [faults.Call] and [faults.Match] call the key, and what stands as the writer
	// of what is set with it. It must be unique.
	Name string
	// Role is what the key may do. It may not be empty.
	Role prefect.Role
	// Patterns are globs over names (* any text, ? one character); the key reaches
	// only names that match one. Without any it reaches all.
	Patterns []string
	// Expires is the first moment at which the key is refused; zero means never.
	Expires time.Time
}

// AddKey makes a key for the tenant that c is about, and returns the text that a
// client sends. It fails the test if the name is taken or the role is none.
func (c *Cloud) AddKey(k Key) (key string) {
	c.t.Helper()
	key, err := c.fake.AddKey(cloud.Key{
		Name: k.Name, Role: cloud.Role(k.Role), Patterns: k.Patterns, Expires: k.Expires,
		Tenants: []string{c.tenant.ID},
	})
	if err != nil {
		c.t.Fatalf("testkit: adding a key: %v", err)
	}
	return key
}
