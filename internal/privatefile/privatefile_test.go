package privatefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteNewAndRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := WriteNew(path, "first"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, mode %v", err, info.Mode())
	}
	if err := WriteNew(path, "second"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
	if text, err := Read(path, 3); err != nil || string(text) != "fir" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := Read(filepath.Dir(path), 3); err == nil {
		t.Error("a directory is read")
	}
}
