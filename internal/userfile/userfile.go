// Package userfile reads the files that users name.
package userfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Read reads a file, or a pipe such as /dev/stdin. The error says so if path is that of
// a directory; it is else that of [os.ReadFile], after [Hide].
func Read(path string) ([]byte, error) {
	if IsDir(path) {
		return nil, fmt.Errorf("%s is a directory: pass a file", path)
	}
	data, err := os.ReadFile(path)
	return data, Hide(path, err)
}

// IsDir reports whether path is that of a directory.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Hide returns an error of opening a file without its path, unless that looks like one:
// somebody may have passed a key or a secret in place of the file that has it.
func Hide(path string, err error) error {
	var opening *fs.PathError
	if looksLikePath(path) || !errors.As(err, &opening) {
		return err
	}
	return fmt.Errorf("this does not look like the name of a file: pass a file, and not what is in it: %w", opening.Err)
}

// suffixes are usual ones of files with secrets, keys and certificates.
var suffixes = []string{".json", ".env", ".toml", ".key", ".txt", ".yaml", ".yml", ".pem", ".crt", ".ini", ".cfg", ".db", ".secret"}

// looksLikePath reports whether path exists, has a usual suffix, or is in a directory
// that exists.
func looksLikePath(path string) bool {
	if _, err := os.Stat(path); err == nil {
		return true
	}
	if strings.ContainsAny(path, "{}\"'\n") {
		return false
	}
	dir := filepath.Dir(path)
	return slices.Contains(suffixes, filepath.Ext(path)) || dir != "." && IsDir(dir)
}
