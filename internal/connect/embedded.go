package connect

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/fake"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/option"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Embedded is the URL of a store inside this process, which ends with it. Followed by
// a colon and a path, it is the URL of a store in that file.
const Embedded = "embedded"

// InProcess reports whether url names a store inside this process.
func InProcess(url string) bool { return url == Embedded || isFile(url) }

// isFile reports whether url names a store in a file.
func isFile(url string) bool { return strings.HasPrefix(url, Embedded+":") }

// openFile opens the store in a file; no other process can open it at the same time.
func (o Options) openFile(path string) (*Connection, error) {
	if path == "" {
		return nil, fmt.Errorf("%s: embedded: names no file: write embedded:PATH", o.Given.Label("api-url"))
	}
	key, err := o.storeKey()
	if err != nil {
		return nil, err
	}
	store, err := filestore.Open(filestore.Config{Path: path, Key: key, Now: time.Now})
	if err != nil {
		return nil, err
	}
	conn, err := openEmbedded(o.APIURL, store, filestore.Concurrency)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	conn.close = store.Close
	return conn, nil
}

// openEmbedded serves store inside this process, with so many writes of a document at
// once. If store is nil it makes one that lasts as long as the process.
func openEmbedded(url string, store cloud.Store, parallel int) (*Connection, error) {
	f, err := fake.New(fake.Config{Tenant: Embedded, Store: store, Parallel: parallel})
	if err != nil {
		return nil, err
	}
	client := func(key string) (*prefect.Client, error) {
		return prefect.NewClient(prefect.ClientConfig{
			URL: "http://localhost/", APIKey: key, Transport: cloud.Transport(f.API),
		})
	}
	writer, err := client(f.AdminKey)
	if err != nil {
		return nil, err
	}
	runner, err := client(f.RunnerKey)
	if err != nil {
		return nil, err
	}
	return &Connection{
		URL: url, Store: writer, Client: writer, Runner: runner, Key: prefect.TextValue(f.AdminKey),
		KeyFrom: "the embedded store", addTenants: addTenants(f),
	}, nil
}

// addTenants returns a function that creates tenants, so that a trial has those of the
// manifest.
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

// storeKey is [StoreKey]; no input of the Action names a file.
func (o Options) storeKey() (filestore.Key, error) {
	key, err := StoreKey(o.StoreKeyFile, o.Getenv)
	if errors.Is(err, errNoStoreKey) && o.Given == option.Input {
		return key, fmt.Errorf("%w: set the variable %s in env, from a secret; prefect-secrets keygen --store-key makes one", errNoStoreKey, StoreKeyVariable)
	}
	return key, err
}

var errNoStoreKey = errors.New("no key for the file store")

// StoreKeyVariable is the variable that holds the key of a file store.
const StoreKeyVariable = "PREFECT_SECRETS_STORE_KEY"

// StoreKey reads the key of a file store from file or, if file is empty, from
// [StoreKeyVariable]. No error holds any of the key.
func StoreKey(file string, getenv func(name string) string) (filestore.Key, error) {
	if file != "" {
		key, err := filestore.ReadKeyFile(file)
		if err != nil {
			err = fmt.Errorf("--store-key-file: %w", err)
		}
		return key, err
	}
	text := getenv(StoreKeyVariable)
	if strings.TrimSpace(text) == "" {
		return filestore.Key{}, fmt.Errorf("%w: pass --store-key-file, or set %s; prefect-secrets keygen --store-key makes one", errNoStoreKey, StoreKeyVariable)
	}
	key, err := filestore.ParseKey(text)
	if err != nil {
		err = fmt.Errorf("%s: %w", StoreKeyVariable, err)
	}
	return key, err
}
