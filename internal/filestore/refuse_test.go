package filestore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/privatefile"
)

const canary = "CANARY-value"

// newStoreFile makes a closed store with 20 secrets.
func newStoreFile(t testing.TB, key filestore.Key) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s := mustOpen(t, path, key)
	for i := range 20 {
		mustSet(t, s, fmt.Sprintf("NAME_%02d", i), canary+strings.Repeat("x", i*i*i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustSet(t testing.TB, s *filestore.Store, name, text string) {
	t.Helper()
	value, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Set(t.Context(), tenant, name, value, "ci", false); err != nil {
		t.Fatal(err)
	}
}

func openAndClose(path string, key filestore.Key) error {
	s, err := filestore.Open(filestore.Config{
		Path: path, Key: key, Now: time.Now, LockWait: time.Millisecond, MustExist: true,
	})
	if err != nil {
		return err
	}
	return s.Close()
}

// editFile edits the file of a store through bbolt, behind the store's back.
func editFile(t *testing.T, path string, edit func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(edit), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	key := newKey(t)
	replace := func(text string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]struct {
		spoil func(t *testing.T, path string)
		want  error
		text  string
	}{
		"missing": {func(_ *testing.T, path string) { _ = os.Remove(path) }, fs.ErrNotExist, "no such file"},
		"directory": {func(_ *testing.T, path string) {
			_ = os.Remove(path)
			_ = os.Mkdir(path, 0o700)
		}, filestore.ErrForeign, "directory"},
		"empty":             {replace(""), filestore.ErrForeign, "it is empty"},
		"short":             {replace("x"), filestore.ErrForeign, "not a bbolt file"},
		"text":              {replace(strings.Repeat("SECRET=1\n", 10000)), filestore.ErrForeign, "not a bbolt file"},
		"readable by group": {func(_ *testing.T, path string) { _ = os.Chmod(path, 0o640) }, privatefile.ErrPermissions, "0640"},
		"first page":        {func(_ *testing.T, path string) { _ = os.Truncate(path, 4096) }, filestore.ErrDamaged, "too small"},
		"pages missing":     {func(_ *testing.T, path string) { _ = os.Truncate(path, 6*4096-1) }, filestore.ErrDamaged, "cut off"},
		"foreign bbolt file": {func(t *testing.T, path string) {
			_ = os.Remove(path)
			editFile(t, path, func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("x")); return err })
		}, filestore.ErrForeign, "another program's"},
		"newer format": {func(t *testing.T, path string) {
			editFile(t, path, func(tx *bbolt.Tx) error {
				return tx.Bucket([]byte("prefect-secrets")).Put([]byte("format"), []byte{2})
			})
		}, filestore.ErrNewer, "format is 2"},
		"no secrets": {func(t *testing.T, path string) {
			editFile(t, path, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("secrets")) })
		}, filestore.ErrDamaged, "secrets are missing"},
		"locked": {func(t *testing.T, path string) { mustOpen(t, path, key) }, filestore.ErrLocked, "use its URL instead"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := newStoreFile(t, key)
			tt.spoil(t, path)
			err := openAndClose(path, key)
			if !errors.Is(err, tt.want) || !strings.Contains(fmt.Sprint(err), tt.text) || !strings.Contains(fmt.Sprint(err), path) {
				t.Errorf("got %v, want %v with %q and the path", err, tt.want, tt.text)
			}
		})
	}
	if err := openAndClose(newStoreFile(t, key), newKey(t)); !errors.Is(err, filestore.ErrKey) {
		t.Errorf("another key: %v", err)
	}
}

// A record that was moved to another name, tenant or store is refused.
func TestMovedRecords(t *testing.T) {
	key := newKey(t)
	moveRecord := func(tx *bbolt.Tx, toTenant, toName string) error {
		secrets := tx.Bucket([]byte("secrets"))
		to, err := secrets.CreateBucketIfNotExists([]byte(toTenant))
		if err != nil {
			return err
		}
		return to.Put([]byte(toName), append([]byte{}, secrets.Bucket([]byte(tenant)).Get([]byte("NAME_01"))...))
	}
	for name, to := range map[string][2]string{
		"name":     {tenant, "NAME_02"},
		"new name": {tenant, "NEW"},
		"tenant":   {"22222222-2222-4222-8222-222222222222", "NAME_01"},
	} {
		path := newStoreFile(t, key)
		editFile(t, path, func(tx *bbolt.Tx) error { return moveRecord(tx, to[0], to[1]) })
		if err := openAndClose(path, key); !errors.Is(err, filestore.ErrDamaged) || !strings.Contains(err.Error(), to[1]) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	var foreign []byte
	editFile(t, newStoreFile(t, key), func(tx *bbolt.Tx) error {
		foreign = append(foreign, tx.Bucket([]byte("secrets")).Bucket([]byte(tenant)).Get([]byte("NAME_01"))...)
		return nil
	})
	path := newStoreFile(t, key)
	editFile(t, path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("secrets")).Bucket([]byte(tenant)).Put([]byte("NAME_01"), foreign)
	})
	if err := openAndClose(path, key); !errors.Is(err, filestore.ErrDamaged) {
		t.Errorf("another store: %v", err)
	}
}

// If the file of an open store is truncated, operations return errors and nothing
// crashes.
func TestCutOffWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := mustOpen(t, path, newKey(t))
	mustSet(t, s, "A", strings.Repeat("x", 60<<10))
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), tenant, "A"); !errors.Is(err, filestore.ErrDamaged) {
		t.Errorf("Get: %v", err)
	}
	for range 2 {
		if _, err := s.Set(t.Context(), tenant, "A", json.RawMessage(`1`), "ci", false); !errors.Is(err, filestore.ErrDamaged) {
			t.Errorf("Set: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "store.db"), newKey(t))
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, set := s.Set(t.Context(), tenant, "A", json.RawMessage(`1`), "ci", false)
	_, get := s.Get(t.Context(), tenant, "A")
	for _, err := range []error{set, get, s.Ping(t.Context())} {
		if !errors.Is(err, filestore.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// The file shows no value, and a key prints as [redacted].
func TestNothingUnencrypted(t *testing.T) {
	text := filestore.NewKey()
	key, err := filestore.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(newStoreFile(t, key))
	if err != nil || strings.Contains(string(data), canary) || !strings.Contains(string(data), "NAME_01") {
		t.Errorf("the file shows a value, or does not show its names: %v", err)
	}
	if got := fmt.Sprintf("%v %+v %#v %s %x", key, key, key, key, key); strings.ReplaceAll(got, "[redacted]", "") != "    " {
		t.Errorf("a key prints as %s", got)
	}
}

func TestParseKey(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("0f", 32), strings.Repeat("0F", 32) + "\n",
		strings.Repeat("+/", 21) + "8=", strings.Repeat("-_", 21) + "8", filestore.NewKey(),
	} {
		if _, err := filestore.ParseKey(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "CANARY", strings.Repeat("0f", 31), strings.Repeat("0f", 33), strings.Repeat("CANARY", 7),
	} {
		if _, err := filestore.ParseKey(text); err == nil || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
