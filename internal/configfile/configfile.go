// Package configfile reads files that should be configs, and no more of any other.
package configfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// MaxSize is how long a config may be, in bytes. One of 100,000 secrets has
// about 4 MiB; what is longer is most likely another file.
const MaxSize = 16 << 20

// Read reads a config: a file, or what a pipe such as /dev/stdin holds. The error is
// of a file that is not there or cannot be read (as that of [os.Open]), of a
// directory, or of more than MaxSize bytes.
func Read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory: give a file, or a pattern such as '%s'", path, filepath.Join(path, "*.toml"))
	}
	text, err := io.ReadAll(io.LimitReader(file, MaxSize+1))
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%s is longer than %d MiB: that is no config", path, MaxSize>>20)
	}
	return text, err
}
