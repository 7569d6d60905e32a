// Package configfile reads files that should be configs. It stops early at a file
// that is too long to be one.
package configfile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxSize is how long a config may be, in bytes. One with 100,000 secrets has about
// 4 MiB; a longer file is most likely something else.
const maxSize = 16 << 20

// Read reads a config: a file, or a pipe such as /dev/stdin. It fails if the file is
// missing or cannot be read (with the error of [os.Open]), is a directory, or is
// longer than maxSize.
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
	text, err := io.ReadAll(io.LimitReader(file, maxSize+1))
	if len(text) > maxSize {
		return nil, fmt.Errorf("%s is longer than %d MiB: that is no config", path, maxSize>>20)
	}
	return text, err
}
