//go:build linux

package filestore_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// fullVariable makes the test binary the child process whose files may not grow.
const fullVariable = "FILESTORE_FULL"

// On a full disk a write fails completely and acknowledged writes stay; once there is
// space again the store goes on. A process's limit on the size of a file (setrlimit)
// stands in for the full disk.
func TestFullDisk(t *testing.T) {
	if os.Getenv(fullVariable) != "" {
		fillUp(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$")
	cmd.Env = append(os.Environ(), fullVariable+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// fillUp runs in the child process.
func fillUp(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	key, path := newKey(t), filepath.Join(t.TempDir(), "store.db")
	s := mustOpen(t, path, key)
	big := json.RawMessage(`"` + strings.Repeat("x", 60<<10) + `"`)
	mustSet(t, s, "FIRST", "1")
	limitFileSize(t, 2<<20)
	written, err := 0, error(nil)
	for err == nil && written < 100 {
		if _, err = s.Set(t.Context(), tenant, name(written), big, "ci", false); err == nil {
			written++
		}
	}
	if err == nil || !strings.Contains(err.Error(), "nothing was written") || written == 0 {
		t.Fatalf("after %d writes: %v", written, err)
	}
	if names, err := s.Names(t.Context(), tenant); err != nil || len(names) != written+1 {
		t.Errorf("%d names, %v", len(names), err)
	}
	limitFileSize(t, 1<<40)
	mustSet(t, s, "LAST", "2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := filestore.Verify(path, key); err != nil {
		t.Error(err)
	}
	reopened := mustOpen(t, path, key)
	if names, err := reopened.Names(t.Context(), tenant); err != nil || len(names) != written+2 {
		t.Errorf("reopened: %d names, %v", len(names), err)
	}
}

func name(i int) string { return fmt.Sprintf("NAME_%d", i) }

// limitFileSize sets the soft limit only, so that it can be raised again.
func limitFileSize(t *testing.T, bytes uint64) {
	t.Helper()
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		t.Fatal(err)
	}
	l.Cur = min(bytes, l.Max)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		t.Fatal(err)
	}
}
