// Package testkit is Prefect's secrets for Go tests: an in-memory fake of the
// GraphQL API, which real clients can speak to as well, and local secrets for
// unit tests of flows.
//
// [New] makes a fake that needs no socket and nothing to be closed; it is the
// same handler that prefect-secrets serve runs. [LocalSecrets] is a context in
// which secrets are read locally.
package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
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

// fakeURL never leaves the process: the fake's own transport answers it.
const fakeURL = "http://localhost/"

// Cloud is a fake of Prefect Cloud's secrets API. It is safe for concurrent use;
// fakes share nothing with one another.
type Cloud struct {
	t     TB
	api   *cloud.API
	store *cloud.Memory
}

// New makes an empty fake with one tenant. A document that the API would refuse
// fails the test at the fake, saying what was asked; so does, at the end, an
// injected fault that nothing ran into.
func New(t TB) *Cloud {
	t.Helper()
	c := &Cloud{t: t, store: cloud.NewMemory(time.Now)}
	tenants := []string{TenantID}
	api, err := cloud.New(cloud.Config{
		Store:   c.store,
		Tenants: []cloud.Tenant{{ID: TenantID, Slug: "testkit", Name: "testkit"}},
		Keys: []cloud.Key{
			{Name: "admin", Secret: AdminKey, Role: cloud.Admin, Tenants: tenants},
			{Name: "runner", Secret: RunnerKey, Role: cloud.Runner, Tenants: tenants},
		},
		Now:       time.Now,
		Record:    true,
		OnInvalid: func(message string) { t.Errorf("testkit: the API refuses this document: %s", message) },
	})
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	c.api = api
	t.Cleanup(c.reportUnused)
	return c
}

// Set stores value as JSON, without a request and without a record of one.
func (c *Cloud) Set(name string, value any) {
	c.t.Helper()
	v, err := prefect.NewValue(value)
	if err == nil {
		err = prefect.CheckName(name)
	}
	if err != nil {
		c.t.Fatalf("testkit: setting %q: %v", name, err)
		return
	}
	if _, err := c.store.Set(context.Background(), TenantID, name, v.Reveal(), "testkit", false); err != nil {
		c.t.Fatalf("testkit: setting %q: %v", name, err)
	}
}

// Get is the JSON stored under name, in a copy, and whether there is any.
func (c *Cloud) Get(name string) (json.RawMessage, bool) {
	c.t.Helper()
	raw, err := c.store.Get(context.Background(), TenantID, name)
	if errors.Is(err, cloud.ErrNotFound) {
		return nil, false
	}
	if err != nil {
		c.t.Fatalf("testkit: getting %q: %v", name, err)
	}
	return raw, err == nil
}

// Names are the names that are stored, sorted.
func (c *Cloud) Names() []string {
	c.t.Helper()
	names, err := c.store.Names(context.Background(), TenantID)
	if err != nil {
		c.t.Fatalf("testkit: listing names: %v", err)
	}
	return names
}

// Client is a new client for the fake with the admin key.
func (c *Cloud) Client() *prefect.Client { return c.ClientWithKey(AdminKey) }

// Runner is a new client for the fake with the runner key, which reads values.
func (c *Cloud) Runner() *prefect.Client { return c.ClientWithKey(RunnerKey) }

// ClientWithKey is a new client for the fake with any key; one that the fake does
// not know is refused.
func (c *Cloud) ClientWithKey(key string) *prefect.Client {
	c.t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: fakeURL, APIKey: key, Transport: cloud.Transport(c.api),
	})
	if err != nil {
		c.t.Fatalf("testkit: %v", err)
	}
	return client
}

// HTTPClient reaches the fake at [Cloud.URL], whatever host a request names.
func (c *Cloud) HTTPClient() *http.Client {
	return &http.Client{Transport: cloud.Transport(c.api)}
}

// URL is where [Cloud.HTTPClient] finds the API. No socket listens there.
func (c *Cloud) URL() string { return fakeURL }

// Handler is the fake as a handler, for a test that wants a real socket.
func (c *Cloud) Handler() http.Handler { return c.api }

// LocalSecrets returns a child context for local execution in which the secrets
// are set, as prefect.context.secrets is in Python.
func LocalSecrets(ctx context.Context, secrets map[string]any) context.Context {
	return prefect.WithSecrets(ctx, maps.Clone(secrets))
}
