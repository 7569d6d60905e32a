// Package configfile reads files that should be configs. It stops early at a file
// that is too long to be one.
package configfile

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxSize is how long a config may be, in bytes. One with 100,000 secrets has about
// 4 MiB; a longer file is most likely something else.
const maxSize = 16 << 20

// ErrTooLong is the error of [Read] and [ReadFrom] for a file that is longer than maxSize.
var ErrTooLong = fmt.Errorf("is longer than %d MiB: that is not a config", maxSize>>20)

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
		return nil, fmt.Errorf("%s is a directory: pass a file, or a pattern such as '%s'", path, filepath.Join(path, "*.toml"))
	}
	return read(file, path, info.Size())
}

// ReadFrom reads a config from r, which errors call name.
func ReadFrom(r io.Reader, name string) ([]byte, error) { return read(r, name, 0) }

// read is ReadFrom for a text that most likely has a size.
func read(r io.Reader, name string, size int64) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, min(size, maxSize)+bytes.MinRead))
	_, err := text.ReadFrom(io.LimitReader(r, maxSize+1))
	if text.Len() > maxSize {
		return nil, fmt.Errorf("%s %w", name, ErrTooLong)
	}
	return text.Bytes(), err
}
