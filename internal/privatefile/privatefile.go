// Package privatefile reads and writes files that hold a key: no other user may read
// them.
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prefect-secrets/prefect-secrets/internal/userfile"
)

// ErrPermissions means that users other than the owner may read or write the file.
var ErrPermissions = errors.New("others may read or write it: chmod 600")

// Read returns at most limit bytes of a file. The file must be a regular one that
// belongs to the process's user or to root, and only its owner may read or write it;
// otherwise the error wraps [ErrPermissions]. A group may read what root lends to a
// process of another user.
func Read(path string, limit int64) ([]byte, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, userfile.Hide(path, err)
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := Check(info); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}

// WriteNew writes a file of mode 0600, completely or not at all. If the file exists,
// the error wraps [fs.ErrExist].
func WriteNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w: a key never overwrites a file", path, fs.ErrExist)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path)
	}
	return err
}

// Replace writes a file with a mode in one step: readers see what it held before, or all
// of the new text.
func Replace(path string, text []byte, mode fs.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(text)
	if err := errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
