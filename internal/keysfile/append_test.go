package keysfile

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

func TestAppend(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "keys.toml"), filepath.Join(dir, "link.toml")
	before := FormatTenant(cloud.Tenant{ID: dataID, Slug: "data"}) + "# kept, without a line break"
	if err := os.WriteFile(path, []byte(before), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("keys.toml", link); err != nil {
		t.Fatal(err)
	}
	key := cloud.Key{Name: "ci", Role: cloud.Admin, Tenants: []string{"data"}, Hash: sha256.Sum256([]byte("a"))}
	if err := Append(link, key); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if want := before + "\n\n" + Format(key); err != nil || string(after) != want {
		t.Errorf("%v, the file is\n%s\nwant\n%s", err, after, want)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("%v, the file's mode is %v", err, info.Mode())
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, the link is gone", err)
	}

	for want, k := range map[string]cloud.Key{
		"unknown tenant": {Name: "b", Role: cloud.Admin, Tenants: []string{"ml"}, Hash: sha256.Sum256([]byte("b"))},
		"duplicate name": {Name: "ci", Role: cloud.Admin, Tenants: []string{"data"}, Hash: sha256.Sum256([]byte("b"))},
		"duplicate hash": {Name: "b", Role: cloud.Admin, Tenants: []string{"data"}, Hash: key.Hash},
	} {
		if err := Append(path, k); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if again, err := os.ReadFile(path); err != nil || string(again) != string(after) {
		t.Errorf("%v, an error changed the file to\n%s", err, again)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("files are left over: %v", entries)
	}
}

func TestAppendToAFileWithMistakes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.toml")
	if err := os.WriteFile(path, []byte("[[tenants]]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Append(path, cloud.Key{Name: "ci", Role: cloud.Admin, Tenants: []string{"data"}})
	if err == nil || !strings.Contains(err.Error(), "a tenant has no id") || strings.Contains(err.Error(), "with the new key") {
		t.Errorf("%v", err)
	}
}
