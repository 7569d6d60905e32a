package cli

import (
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// connectFile opens the store in a file, for this process alone.
func (c *Command) connectFile(url, path string, f fileFlags) (*connection, error) {
	if path == "" {
		return nil, errors.New("--api-url: embedded: names no file: write embedded:PATH")
	}
	store, err := c.openFile(path, f)
	if err != nil {
		return nil, err
	}
	return connectEmbedded(url, store)
}

// connectEmbedded serves a store inside this process; without one it makes a
// store that lives as long as the process.
func connectEmbedded(url string, store cloud.Store) (*connection, error) {
	f, err := fake.New(fake.Config{Tenant: embedded, Store: store})
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
		url: url, client: writer, runner: runner, key: prefect.TextValue(f.AdminKey),
		keyFrom: "the embedded store", addTenants: addTenants(f),
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
