package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxConfig is how long a config may be, in bytes. One of 100,000 secrets has
// about 4 MiB; what is longer is most likely another file.
const maxConfig = 16 << 20

// readConfig reads a config: a file, or what a pipe such as /dev/stdin holds. It
// reads no more than maxConfig.
func readConfig(path string) ([]byte, error) {
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
	text, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if len(text) > maxConfig {
		return nil, fmt.Errorf("%s is longer than %d MiB: that is no config", path, maxConfig>>20)
	}
	return text, err
}
