package cli_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// A server that has the store open gives its backup only to an admin key.
func TestBackupFromServer(t *testing.T) {
	text, dir := filestore.NewKey(), t.TempDir()
	key, err := filestore.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.Open(filestore.Config{
		Path: filepath.Join(dir, "store.db"), Key: key, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	mux := http.NewServeMux()
	mux.Handle(filestore.BackupPath, store.BackupHandler(func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer admin"
	}))
	server := httptest.NewServer(mux)
	defer server.Close()
	without := httptest.NewServer(http.NotFoundHandler())
	defer without.Close()
	for _, run := range []struct {
		key, url string
		code     int
	}{
		{"admin", server.URL + "/graphql", exit.OK},
		{"runner", server.URL, exit.Refused},
		{"admin", without.URL, exit.Failed},
		{"admin", "http://secrets.example.com", exit.Usage},
	} {
		path := filepath.Join(t.TempDir(), "copy.db")
		r := runCommand(t, []string{"PREFECT_SECRETS_API_KEY=" + run.key}, "", "backup", path,
			"--api-url", run.url)
		if r.code != run.code {
			t.Errorf("%s with the key %s: %d, want %d: %s", run.url, run.key, r.code, run.code, r.stderr)
		}
		if err := filestore.Verify(path, key); (err == nil) != (run.code == exit.OK) {
			t.Errorf("%s with the key %s: %v", run.url, run.key, err)
		}
	}
	r := runCommand(t, []string{"PREFECT_SECRETS_STORE_KEY=" + text}, "", "backup",
		filepath.Join(dir, "copy.db"), "--store", "file:"+filepath.Join(dir, "store.db"))
	if r.code != exit.Usage {
		t.Errorf("an offline backup of an open store: %d %s", r.code, r.stderr)
	}
}
