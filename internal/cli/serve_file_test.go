package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/test/bench/barebolt"
)

// The writes of one document share commits, on a server and in the command's own process.
func TestFileCommitsADocumentTogether(t *testing.T) {
	path, keyEnv := filepath.Join(t.TempDir(), "store.db"), "PREFECT_SECRETS_STORE_KEY="+filestore.NewKey()
	keysFile, key := writeKeysFile(t)
	_, _, secrets := startFake(t, 100)
	synced := func(path, url string) float64 {
		t.Helper()
		before := commits(t, path)
		r := runCommand(t, []string{keyEnv, "PREFECT_SECRETS_API_KEY=" + key}, "", "sync", "--api-url", url, "--secrets-file", secrets)
		if r.code != exit.OK || !strings.Contains(r.stdout, "100 created") {
			t.Fatalf("%+v", r)
		}
		return commits(t, path) - before
	}
	url, _ := startProduction(t, []string{keyEnv}, "--store", "file:"+path, "--keys-file", keysFile)
	if n := synced(path, url); n > 50 {
		t.Errorf("serve: %v commits for 100 secrets in one document", n)
	}
	embedded := filepath.Join(t.TempDir(), "embedded.db")
	if r := runCommand(t, []string{keyEnv}, "v", "set", "FIRST", "--api-url", "embedded:"+embedded); r.code != exit.OK {
		t.Fatalf("%+v", r)
	}
	if n := synced(embedded, "embedded:"+embedded); n > 50 {
		t.Errorf("embedded: %v commits for 100 secrets in one document", n)
	}
}

func commits(t *testing.T, path string) float64 {
	t.Helper()
	n, err := barebolt.Commits(path)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
