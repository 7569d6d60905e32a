package testkit

import (
	"context"
	"net/http"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// The keys that every fake has, as a client sends them.
const (
	AdminKey  = "testkit-admin-key"  // sets, deletes and lists; may not read values
	RunnerKey = "testkit-runner-key" // reads values and lists, as a flow run does
)

// fakeURL never leaves the process: the fake's own transport answers it.
const fakeURL = "http://localhost/"

// AdminClient returns a new client for the fake with the admin key, which may not read
// values: [prefect.Client.GetSecret] returns [prefect.ErrForbidden], with the advice to
// use [Cloud.RunnerClient]. Only this client adds the advice; the fake answers as the
// API does.
func (c *Cloud) AdminClient() *prefect.Client {
	c.t.Helper()
	return c.ClientWithKey(AdminKey)
}

// RunnerClient returns a new client for the fake with the runner key, which reads
// values and may not write.
func (c *Cloud) RunnerClient() *prefect.Client {
	c.t.Helper()
	return c.ClientWithKey(RunnerKey)
}

// ClientWithKey returns a new client for the fake with any key. The fake answers an
// unknown key with [prefect.ErrUnauthenticated]; [Cloud.AddKey] adds keys.
func (c *Cloud) ClientWithKey(key string) *prefect.Client {
	c.t.Helper()
	client, err := prefect.NewClient(prefect.ClientConfig{
		URL: fakeURL, APIKey: key, Transport: c.withAdvice(key, cloud.Transport(c.Handler())),
	})
	if err != nil {
		c.t.Fatalf("testkit: %v", err)
	}
	return client
}

// cloudExecution returns a configuration under which secrets are read from the API.
var cloudExecution = sync.OnceValues(func() (*config.Config, error) {
	return config.Load(config.Options{Text: "[cloud]\nuse_local_secrets = false\n"})
})

// Context returns a child of ctx for a flow run in cloud execution: use_local_secrets
// is false and the client is [Cloud.RunnerClient], so that [prefect.Get] and
// [prefect.Secret.Get] read what the fake stores for c's tenant.
//
// Local secrets are not read in it: neither those that ctx has, from [LocalSecrets],
// [LocalConfig] or package prefect, nor those that are added to the result. A config
// that is added to the result with [prefect.WithConfig] replaces this one, and
// decides where secrets are read.
func (c *Cloud) Context(ctx context.Context) context.Context {
	c.t.Helper()
	loaded, err := cloudExecution()
	if err != nil {
		c.t.Fatalf("testkit: %v", err)
		return ctx
	}
	return prefect.WithClient(prefect.WithConfig(ctx, loaded), c.RunnerClient())
}

// HTTPClient returns a client whose requests the fake answers, whatever host they
// name.
func (c *Cloud) HTTPClient() *http.Client {
	return &http.Client{Transport: cloud.Transport(c.Handler())}
}

// URL returns the address of the API for [Cloud.HTTPClient]. No socket listens there.
func (c *Cloud) URL() string { return fakeURL }

// Handler returns the fake as a handler, for a test that needs a socket. A request
// that names no tenant is for c's tenant.
func (c *Cloud) Handler() http.Handler {
	if !c.scoped {
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
