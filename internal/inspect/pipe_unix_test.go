//go:build unix

package inspect

import (
	"slices"
	"syscall"
	"testing"
)

// TestPatternsMatchNoPipe has a named pipe, of which reading would wait for ever.
func TestPatternsMatchNoPipe(t *testing.T) {
	writeTree(t, map[string]string{"file.toml": secretsConfig})
	if err := syscall.Mkfifo("fifo.toml", 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := Expand([]string{"fi*.toml"})
	if err != nil || !slices.Equal(files.Paths, []string{"file.toml"}) {
		t.Errorf("%v, %v", files.Paths, err)
	}
	if _, err := Expand([]string{"fif*.toml"}); err == nil {
		t.Error("a pattern that matches a pipe alone has no error")
	}
}
