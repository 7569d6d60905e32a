package userfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
)

// What does not look like the path of a file may be a secret, and is not in the error.
func TestErrorsHaveNoSecret(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("run/secrets", 0o700); err != nil {
		t.Fatal(err)
	}
	for path, shown := range map[string]bool{
		"secrets.json": true, "run/secrets/api": true, filepath.Join(t.TempDir(), "x"): true, "config/admin.key": true,
		"admin-KIDT2XQ7": false, "pfs_ABCDEFGHIJKLMNOPQRSTUVWXYZ234567A": false, "hunter2": false,
		`{"A": "hunter2"}`: false, "A=hunter2\nB=x.env": false, "AQIDBAUG/wgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=": false,
		"eyJhbGciOiJI.eyJzdWIi.c2lnbmF0dXJl": false, strings.Repeat("k", 5000): false,
	} {
		_, err := userfile.Read(path)
		if err == nil || strings.Contains(err.Error(), path) != shown || shown && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%.60s: %v", path, err)
		}
	}
}
