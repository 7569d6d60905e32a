// Package testkit is Prefect's secrets for Go tests: an in-memory fake of the
// GraphQL API, which real clients can speak to as well, and local secrets for
// unit tests of flows.
//
// [New] makes a fake that needs no socket and nothing to be closed; it is the
// same handler that prefect-secrets serve runs. [Cloud.Inject] makes calls fail
// as they fail in production, [Cloud.Calls] tells what was asked, and
// [Cloud.AssertSecrets] what is stored. [LocalSecrets] and [LocalConfig] are
// contexts in which a flow's code reads its secrets locally.
//
// A test that is wrong fails at the fake: an operation that the API does not
// know, an injected fault that nothing ran into, a match that no call can fit.
// No message of this package holds a secret's value.
package testkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// TB is what the fake needs of a test; *testing.T, B and F are ones.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// The keys and the tenant that every fake has.
const (
	AdminKey  = "testkit-admin-key"  // sets, deletes and lists; is refused values
	RunnerKey = "testkit-runner-key" // reads values, as a flow run does
	TenantID  = "11111111-1111-4111-8111-111111111111"
)

// tenantSlug is the slug of the tenant that every fake has.
const tenantSlug = "testkit"

// fakeURL never leaves the process: the fake's own transport answers it.
const fakeURL = "http://localhost/"

// Cloud is a fake of Prefect Cloud's secrets API, as one tenant of it sees it. It
// is safe for concurrent use; fakes share nothing with one another.
type Cloud struct {
	t      TB
	fake   *fake.Fake
	tenant cloud.Tenant
	only   bool // Inject and Calls are about this tenant alone
}

// Format writes no secret, whatever the verb.
func (Cloud) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "testkit.Cloud") }

// Option changes what [New] makes.
type Option func(*fake.Config)

// WithDialect makes a fake that spells its fields one way, as a Prefect Cloud of
// that time did, and knows nothing that only this project's store has. A
// document in the other spelling is refused with HTTP 400 and does not fail the
// test. [prefect.DialectAuto] is a fake without this option.
func WithDialect(d prefect.Dialect) Option {
	return func(c *fake.Config) { c.Dialect = cloud.Dialect(d) }
}

// New makes an empty fake with one tenant. A document that the API would refuse
// fails the test at the fake, saying what was asked; so does, at the end, an
// injected fault that nothing ran into.
func New(t TB, options ...Option) *Cloud {
	t.Helper()
	config := fake.Config{
		Tenant: tenantSlug, TenantID: TenantID, AdminKey: AdminKey, RunnerKey: RunnerKey, Record: true,
	}
	for _, option := range options {
		option(&config)
	}
	if config.Dialect == cloud.Both {
		config.OnInvalid = func(message string) { t.Errorf("testkit: the API refuses this document: %s", message) }
	}
	f, err := fake.New(config)
	if err != nil {
		t.Fatalf("testkit: %v", err)
		return nil
	}
	c := &Cloud{t: t, fake: f, tenant: f.Tenant}
	t.Cleanup(c.reportUnused)
	return c
}

// Set stores value as JSON, without a request and without a record of one. It
// fails the test on a name or a value that the API would refuse.
func (c *Cloud) Set(name string, value any) {
	c.t.Helper()
	v, err := prefect.NewValue(value)
	if err == nil {
		err = c.fake.Set(c.tenant.ID, name, v.Reveal())
	}
	if err != nil {
		c.t.Fatalf("testkit: setting %q: %v", name, err)
	}
}

// Get is the JSON stored under name, in a copy, and whether there is any.
func (c *Cloud) Get(name string) (json.RawMessage, bool) {
	c.t.Helper()
	raw, err := c.fake.Get(c.tenant.ID, name)
	if err != nil && !errors.Is(err, cloud.ErrNotFound) {
		c.t.Fatalf("testkit: getting %q: %v", name, err)
	}
	return raw, err == nil
}

// Names are the names that are stored, sorted.
func (c *Cloud) Names() []string {
	c.t.Helper()
	names, err := c.fake.Names(c.tenant.ID)
	if err != nil {
		c.t.Fatalf("testkit: listing names: %v", err)
	}
	return names
}

// Snapshot remembers the secrets of all tenants. The function that it returns
// goes back to them, any number of times; calls, faults and keys stay as they
// are.
func (c *Cloud) Snapshot() (restore func()) { return c.fake.Snapshot() }

// Client is a new client for the fake with the admin key.
func (c *Cloud) AdminClient() *prefect.Client {
	c.t.Helper()
	return c.ClientWithKey(AdminKey)
}

// Runner is a new client for the fake with the runner key, which reads values.
func (c *Cloud) RunnerClient() *prefect.Client {
	c.t.Helper()
	return c.ClientWithKey(RunnerKey)
}

// ClientWithKey is a new client for the fake with any key; one that the fake does
// not know is refused. [Cloud.AddKey] makes keys.
func (c *Cloud) ClientWithKey(key string) *prefect.Client {
	c.t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: fakeURL, APIKey: key, Transport: cloud.Transport(c.Handler()),
	})
	if err != nil {
		c.t.Fatalf("testkit: %v", err)
	}
	return client
}

// HTTPClient reaches the fake at [Cloud.URL], whatever host a request names.
func (c *Cloud) HTTPClient() *http.Client {
	return &http.Client{Transport: cloud.Transport(c.Handler())}
}

// URL is where [Cloud.HTTPClient] finds the API. No socket listens there.
func (c *Cloud) URL() string { return fakeURL }

// Handler is the fake as a handler, for a test that wants a real socket. A
// request that names no tenant is for the one that c is about.
func (c *Cloud) Handler() http.Handler {
	if !c.only {
		return c.fake.API
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(cloud.HeaderTenant) == "" {
			r = r.Clone(r.Context())
			r.Header.Set(cloud.HeaderTenant, c.tenant.ID)
		}
		c.fake.ServeHTTP(w, r)
	})
}
