package cli

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// connectEmbedded makes a store that lives as long as this process.
func connectEmbedded() (*connection, error) {
	f, err := fake.New(fake.Config{Tenant: embedded})
	if err != nil {
		return nil, err
	}
	client := func(key string) (*prefect.Client, error) {
		return prefect.NewClient(prefect.ClientConfig{URL: "http://localhost/", APIKey: key, Transport: cloud.Transport(f.API)})
	}
	writer, err := client(f.AdminKey)
	if err != nil {
		return nil, err
	}
	runner, err := client(f.RunnerKey)
	return &connection{
		url: embedded, client: writer, runner: runner, key: prefect.TextValue(f.AdminKey),
		keyFrom: "the embedded store", tenant: f.Tenant.Slug, addTenants: addTenants(f),
	}, err
}

// addTenants lets a trial have the tenants that a manifest names.
func addTenants(f *fake.Fake) func(slugs []string) error {
	return func(slugs []string) error {
		for _, slug := range slugs {
			if _, err := f.AddTenant(slug); err != nil {
				return fmt.Errorf("the embedded store: %w", err)
			}
		}
		return nil
	}
}
