// Package userfile reads the files that users name.
package userfile

import (
	"fmt"
	"os"
)

// Read reads a file, or a pipe such as /dev/stdin. The error says so if path is that of
// a directory; it is else that of [os.ReadFile].
func Read(path string) ([]byte, error) {
	if IsDir(path) {
		return nil, fmt.Errorf("%s is a directory: pass a file", path)
	}
	return os.ReadFile(path)
}

// IsDir reports whether path is that of a directory.
func IsDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
