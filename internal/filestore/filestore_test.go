package filestore_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

const tenant = "11111111-1111-4111-8111-111111111111"

func newKey(t testing.TB) filestore.Key {
	t.Helper()
	key, err := filestore.ParseKey(filestore.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// mustOpen opens a store and closes it at the end of the test.
func mustOpen(t testing.TB, path string, key filestore.Key) *filestore.Store {
	t.Helper()
	s, err := filestore.Open(filestore.Config{Path: path, Key: key, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	paths, key := map[cloud.Store]string{}, newKey(t)
	storetest.Run(t, func(t *testing.T) cloud.Store {
		path := filepath.Join(t.TempDir(), "store.db")
		s := mustOpen(t, path, key)
		paths[s] = path
		return s
	}, storetest.WithReopen(func(t *testing.T, s cloud.Store) cloud.Store {
		if err := s.(*filestore.Store).Close(); err != nil {
			t.Fatal(err)
		}
		return mustOpen(t, paths[s], key)
	}))
}
