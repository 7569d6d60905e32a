package testkit

import (
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Tenant returns the same fake as the tenant with this slug sees it. It adds the tenant
// if it is new. Both keys of the fake may use it: requests through the clients, the
// context or the handler of the result are for this tenant, unless they name one.
// [Cloud.Inject] and [Cloud.Calls] of the result are limited to it, unless the match
// names another.
func (c *Cloud) Tenant(slug string) *Cloud {
	c.t.Helper()
	tenant, err := c.fake.AddTenant(slug)
	if err != nil {
		c.t.Fatalf("testkit: tenant %q: %v", slug, err)
		return c
	}
	return &Cloud{t: c.t, fake: c.fake, tenant: tenant, scoped: true}
}

// TenantID returns the id of c's tenant, a UUID. The same slug always has the same id.
func (c *Cloud) TenantID() string { return c.tenant.ID }

// Key describes a key of a fake.
type Key struct {
	// Name is how [faults.Call] and [faults.Match] name the key, and who the API says
	// wrote what is set with it. It must be unique.
	Name string
	// Role is what the key may do. It may not be empty.
	Role prefect.Role
	// Patterns are globs over names (* any string, ? one character); the key reaches
	// only names that match one. Without any it reaches all.
	Patterns []string
	// Expires is the first moment at which the key is refused; zero means never.
	Expires time.Time
}

// AddKey adds a key for c's tenant, and returns it as a client sends it. It fails
// the test if the name is taken or the role is unknown.
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
