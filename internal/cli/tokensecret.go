package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
)

// minSecret is 256 bits in hexadecimal digits, in bytes.
const minSecret = 64

// readSecret reads the secret that replicas share, nil where no file is named. No
// error holds any of it.
func readSecret(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("--token-secret-file: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("--token-secret-file: others may read %s: chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--token-secret-file: %w", err)
	}
	if text = bytes.TrimSpace(text); len(text) < minSecret {
		return nil, errors.New("--token-secret-file: it is too short to be random: openssl rand -hex 32 makes one")
	}
	return text, nil
}
