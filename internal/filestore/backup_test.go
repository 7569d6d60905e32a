package filestore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// writerFunc is an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A backup is the store at the moment when it began; writes go on meanwhile.
func TestBackupWhileWriting(t *testing.T) {
	dir, key := t.TempDir(), newKey(t)
	path, copied := filepath.Join(dir, "store.db"), filepath.Join(dir, "copy.db")
	s := mustOpen(t, path, key)
	mustSet(t, s, "BEFORE", "1")
	var data bytes.Buffer
	began := false
	err := s.Backup(t.Context(), writerFunc(func(p []byte) (int, error) {
		if !began {
			began = true
			for range 50 {
				mustSet(t, s, "DURING", string(bytes.Repeat([]byte("x"), 60<<10)))
			}
		}
		return data.Write(p)
	}))
	if err != nil {
		t.Fatal(err)
	}
	copyData := func(w io.Writer) error { _, err := w.Write(data.Bytes()); return err }
	if err := filestore.SaveBackup(copied, false, copyData); err != nil {
		t.Fatal(err)
	}
	restored := filepath.Join(dir, "restored.db")
	if err := filestore.Restore(copied, restored, key, false); err != nil {
		t.Fatal(err)
	}
	names, err := mustOpen(t, restored, key).Names(t.Context(), tenant)
	if diff := cmp.Diff([]string{"BEFORE"}, names); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestBackupStops(t *testing.T) {
	key := newKey(t)
	s := mustOpen(t, newStoreFile(t, key), key)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Backup(ctx, writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil }))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled in the middle: %v", err)
	}
}

// A backup that cannot be restored completely leaves the existing store as it is, and
// no other file in its directory.
func TestRestoreRefuses(t *testing.T) {
	key := newKey(t)
	good := newStoreFile(t, key)
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([]byte{}, data...)
	for i := bytes.Index(changed, []byte("NAME_19")) + 200; i < len(changed) && i%4096 != 0; i++ {
		changed[i] ^= 1
	}
	tests := map[string]struct {
		data  []byte
		key   filestore.Key
		force bool
		want  error
	}{
		"wrong key":      {data, newKey(t), true, filestore.ErrKey},
		"cut off":        {data[:6*4096], key, true, filestore.ErrDamaged},
		"changed values": {changed, key, true, filestore.ErrDamaged},
		"not forced":     {data, key, false, fs.ErrExist},
	}
	for name, tt := range tests {
		store := newStoreFile(t, key)
		before, err := os.ReadFile(store)
		backup := filepath.Join(t.TempDir(), "backup.db")
		if err := errors.Join(err, os.WriteFile(backup, tt.data, 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := filestore.Restore(backup, store, tt.key, tt.force); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		after, err := os.ReadFile(store)
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the store has changed: %v", name, err)
		}
		if files, err := os.ReadDir(filepath.Dir(store)); err != nil || len(files) != 1 {
			t.Errorf("%s: files are left behind: %v", name, files)
		}
	}
	store := newStoreFile(t, key)
	mustOpen(t, store, key)
	if err := filestore.Restore(good, store, key, true); !errors.Is(err, filestore.ErrLocked) {
		t.Errorf("over an open store: %v", err)
	}
}

// A source that fails in the middle leaves no new backup, and the old one complete.
func TestSaveBackupComplete(t *testing.T) {
	path, broken := filepath.Join(t.TempDir(), "copy.db"), errors.New("broken")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	sources := map[string]func(io.Writer) error{
		"failing": func(w io.Writer) error { _, _ = w.Write(make([]byte, 10000)); return broken },
		"short":   func(w io.Writer) error { _, err := w.Write(make([]byte, 10000)); return err },
	}
	for name, source := range sources {
		err := filestore.SaveBackup(path, true, source)
		if data, _ := os.ReadFile(path); err == nil || string(data) != "old" {
			t.Errorf("%s: %v, the file holds %d bytes", name, err, len(data))
		}
	}
}

func TestBackupHandler(t *testing.T) {
	key := newKey(t)
	s := mustOpen(t, newStoreFile(t, key), key)
	isAdmin := func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer admin" }
	server := httptest.NewServer(s.BackupHandler(isAdmin))
	defer server.Close()
	send := func(method, token string) (int, []byte) {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+filestore.BackupPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, body
	}
	if status, _ := send("GET", "runner"); status != http.StatusForbidden {
		t.Errorf("a runner gets %d", status)
	}
	allowed := 0
	allowAll := s.BackupHandler(func(*http.Request) bool { allowed++; return true })
	for _, method := range []string{"POST", "HEAD", "PUT", "DELETE"} {
		if status, _ := send(method, "admin"); status != http.StatusMethodNotAllowed {
			t.Errorf("%s gets %d", method, status)
		}
		allowAll.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, filestore.BackupPath, nil))
	}
	if allowed != 0 {
		t.Error("allow was called for a method other than GET")
	}
	status, body := send("GET", "admin")
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := filestore.Verify(path, key); status != http.StatusOK || err != nil {
		t.Errorf("%d: %v", status, err)
	}
}

// backupOf returns s.Backup as an argument of [filestore.SaveBackup].
func backupOf(t *testing.T, s *filestore.Store) func(io.Writer) error {
	return func(w io.Writer) error { return s.Backup(t.Context(), w) }
}
