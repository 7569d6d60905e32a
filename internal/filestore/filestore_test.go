package filestore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
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

// What changes nothing costs no commit: the file stays as it is, byte for byte.
func TestUnchangedCostsNoCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := mustOpen(t, path, newKey(t))
	mustSet(t, s, "A", "1")
	before := mustRead(t, path)
	changed, err := s.Set(t.Context(), tenant, "A", json.RawMessage(`"1"`), "other", true)
	if err != nil || changed {
		t.Errorf("set of the same value: changed %v, %v", changed, err)
	}
	for _, missing := range [][2]string{{tenant, "B"}, {"22222222-2222-4222-8222-222222222222", "A"}} {
		if err := s.Delete(t.Context(), missing[0], missing[1]); err != nil {
			t.Errorf("delete of a missing name: %v", err)
		}
	}
	if !bytes.Equal(before, mustRead(t, path)) {
		t.Error("the file was written")
	}
	mustSet(t, s, "A", "2")
	if bytes.Equal(before, mustRead(t, path)) {
		t.Error("the file was not written")
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A tenant with thousands of writes in progress does not delay another, whose write is in one
// of the next commits.
func TestManyWritesOfOneTenantDelayNoOther(t *testing.T) {
	const writes = 10_000
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"), newKey(t))
	defer s.Close()
	set := func(tenant, name string) {
		if _, err := s.Set(t.Context(), tenant, name, json.RawMessage("1"), "ci", false); err != nil {
			t.Error(err)
		}
	}
	var began, all sync.WaitGroup
	var done atomic.Int64
	began.Add(writes)
	for i := range writes {
		all.Go(func() {
			began.Done()
			set(tenant, fmt.Sprint("A", i))
			done.Add(1)
		})
	}
	began.Wait()
	before := done.Load()
	set("22222222-2222-4222-8222-222222222222", "B")
	if overtook := done.Load() - before; overtook > (writes-before)/2 {
		t.Errorf("%d of %d writes of the other tenant came before", overtook, writes-before)
	}
	all.Wait()
}
