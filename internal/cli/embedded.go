package cli

import (
	"crypto/rand"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// store is a secrets API over a fresh memory store, with one tenant and a key
// of each role.
type store struct {
	api                 *cloud.API
	tenant              cloud.Tenant
	adminKey, runnerKey string
}

func newStore(tenantSlug string) (*store, error) {
	s := &store{
		tenant:    cloud.Tenant{ID: newUUID(), Slug: tenantSlug, Name: tenantSlug},
		adminKey:  "admin-" + rand.Text(),
		runnerKey: "runner-" + rand.Text(),
	}
	tenants := []string{s.tenant.ID}
	api, err := cloud.New(cloud.Config{
		Store:   cloud.NewMemory(time.Now),
		Tenants: []cloud.Tenant{s.tenant},
		Keys: []cloud.Key{
			{Name: "admin", Secret: s.adminKey, Role: cloud.Admin, Tenants: tenants},
			{Name: "runner", Secret: s.runnerKey, Role: cloud.Runner, Tenants: tenants},
		},
		Now: time.Now,
	})
	s.api = api
	return s, err
}

func (s *store) client(key string) (*prefect.Client, error) {
	return prefect.NewClient(prefect.ClientConfig{
		URL: "http://localhost/", APIKey: key, Transport: cloud.Transport(s.api),
	})
}

// connectEmbedded makes a store that lives as long as this process.
func connectEmbedded() (*connection, error) {
	s, err := newStore("embedded")
	if err != nil {
		return nil, err
	}
	writer, err := s.client(s.adminKey)
	if err != nil {
		return nil, err
	}
	runner, err := s.client(s.runnerKey)
	return &connection{
		client: writer, runner: runner, key: prefect.TextValue(s.adminKey),
		keyFrom: "the embedded store", tenant: s.tenant.Slug,
	}, err
}
