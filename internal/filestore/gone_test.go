//go:build unix

package filestore_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// TestFileGone checks that no write is acknowledged while the path does not lead to
// the open file, and that the store goes on once the file is back.
func TestFileGone(t *testing.T) {
	for name, take := range map[string]func(path, aside string) error{
		"moved": os.Rename,
		"replaced": func(path, aside string) error {
			return errors.Join(os.Rename(path, aside), os.WriteFile(path, nil, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			s := mustOpen(t, path, newKey(t))
			mustSet(t, s, "A", "1")
			if err := take(path, path+".aside"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Set(t.Context(), tenant, "B", json.RawMessage("2"), "ci", false); !errors.Is(err, filestore.ErrGone) {
				t.Errorf("set: %v", err)
			}
			if err := s.Delete(t.Context(), tenant, "A"); !errors.Is(err, filestore.ErrGone) {
				t.Errorf("delete: %v", err)
			}
			if err := s.Ping(t.Context()); !errors.Is(err, filestore.ErrGone) {
				t.Errorf("ping: %v", err)
			}
			if err := os.Rename(path+".aside", path); err != nil {
				t.Fatal(err)
			}
			mustSet(t, s, "B", "2")
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
