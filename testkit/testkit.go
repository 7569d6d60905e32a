// Package testkit provides Prefect's secrets to Go tests: an in-memory fake of the
// GraphQL API, which real clients can use too, and local secrets for unit tests of
// flows.
//
// [New] makes a fake that needs no socket and no cleanup; it is the same handler that
// prefect-secrets serve runs. [Cloud.Context] is the context of a flow run whose
// secrets are in the fake. [Cloud.Inject] makes calls fail as they fail in production,
// [Cloud.Calls] lists the calls so far, and [Cloud.AssertSecrets] checks what is
// stored. [LocalSecrets] and [LocalConfig] are contexts in which a flow's code reads
// its secrets locally, without a fake.
//
// The fake fails a test that has a mistake: an operation that the API does not have, an
// injected fault that never fires, a match that no call can fit. No message of this
// package holds a secret's value.
package testkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// TB is the part of [testing.TB] that a fake uses: *testing.T, *testing.B and
// *testing.F implement it.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// The slug and the id of the tenant that every fake has.
const (
	tenantSlug = "testkit"
	tenantID   = "11111111-1111-4111-8111-111111111111"
)

// Cloud is a fake of Prefect Cloud's secrets API, as one of its tenants sees it. It
// is safe for concurrent use; fakes share nothing with one another.
type Cloud struct {
	t      TB
	fake   *fake.Fake
	tenant cloud.Tenant
	scoped bool // whether Handler, Inject and Calls are limited to the tenant
}

// Format writes no secret, whatever the verb.
func (Cloud) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "testkit.Cloud") }

// Option configures the fake that [New] makes.
type Option interface{ apply(*fake.Config) }

type dialectOption prefect.Dialect

func (d dialectOption) apply(c *fake.Config) { c.Dialect = cloud.Dialect(d) }

// WithDialect makes a fake that has the fields of one spelling, as Prefect Cloud had
// at one time, and nothing that only this project's store has. It answers a document
// in the other spelling with HTTP 400, which does not fail the test.
// [prefect.DialectAuto] is a fake without this option.
func WithDialect(d prefect.Dialect) Option { return dialectOption(d) }

// identity has the keys that every fake has.
var identity = sync.OnceValues(func() (*fake.Identity, error) {
	return fake.NewIdentity(tenantSlug, tenantID, AdminKey, RunnerKey)
})

// New makes an empty fake with one tenant. A document that the API would refuse
// fails the test when it is sent. An injected fault that never fired fails the test
// at its end.
func New(t TB, options ...Option) *Cloud {
	t.Helper()
	shared, err := identity()
	if err != nil {
		t.Fatalf("testkit: %v", err)
		return nil
	}
	config := fake.Config{Identity: shared, Record: true}
	for _, option := range options {
		option.apply(&config)
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

// Set stores value as JSON. It sends no request, so [Cloud.Calls] does not list it.
// It fails the test on a name or a value that the API would refuse.
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

// Get returns a copy of the JSON that is stored under name, and reports whether there
// is any.
func (c *Cloud) Get(name string) (json.RawMessage, bool) {
	c.t.Helper()
	raw, err := c.fake.Get(c.tenant.ID, name)
	if err != nil && !errors.Is(err, cloud.ErrNotFound) {
		c.t.Fatalf("testkit: getting %q: %v", name, err)
	}
	return raw, err == nil
}

// Names returns the names of the stored secrets, sorted.
func (c *Cloud) Names() []string {
	c.t.Helper()
	names, err := c.fake.Names(c.tenant.ID)
	if err != nil {
		c.t.Fatalf("testkit: listing names: %v", err)
	}
	return names
}

// Snapshot remembers the secrets of all tenants. The function that it returns
// restores them, any number of times; calls, faults and keys stay as they are.
func (c *Cloud) Snapshot() (restore func()) { return c.fake.Snapshot() }
