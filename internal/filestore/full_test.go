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

// fullVariable makes the test binary the process whose files may not grow.
const fullVariable = "FILESTORE_FULL"

// Where there is no more room a write fails whole, what was acknowledged stays,
// and with room again the store goes on. A process's limit on the size of a file
// (setrlimit) is a full disk that needs no disk.
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

func fillUp(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	key, path := newKey(t), filepath.Join(t.TempDir(), "store.db")
	s := open(t, path, key)
	big := json.RawMessage(`"` + strings.Repeat("x", 60<<10) + `"`)
	set(t, s, "FIRST", "1")
	limit(t, 2<<20)
	written, failed := 0, error(nil)
	for failed == nil && written < 100 {
		if _, failed = s.Set(t.Context(), tenant, name(written), big, "ci", false); failed == nil {
			written++
		}
	}
	if failed == nil || !strings.Contains(failed.Error(), "nothing was written") || written == 0 {
		t.Fatalf("after %d writes: %v", written, failed)
	}
	if names, err := s.Names(t.Context(), tenant); err != nil || len(names) != written+1 {
		t.Errorf("%d names, %v", len(names), err)
	}
	limit(t, 1<<40)
	set(t, s, "LAST", "2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := filestore.Verify(path, key); err != nil {
		t.Error(err)
	}
	again := open(t, path, key)
	if names, err := again.Names(t.Context(), tenant); err != nil || len(names) != written+2 {
		t.Errorf("opened again: %d names, %v", len(names), err)
	}
}

func name(i int) string { return fmt.Sprintf("NAME_%d", i) }

// limit lowers or raises the soft limit alone.
func limit(t *testing.T, bytes uint64) {
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
