package filestore_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// copyVariable makes the test binary a child process that backs up and restores until
// it is killed. Its value is the directory.
const copyVariable = "FILESTORE_COPY_DIR"

// A process that is killed in the middle of a backup or a restore leaves the old store
// or the new one, complete, and the old backup or the new one, complete.
func TestKilledCopy(t *testing.T) {
	if dir := os.Getenv(copyVariable); dir != "" {
		copyUntilKilled(t, dir)
	}
	dir, text := t.TempDir(), filestore.NewKey()
	key, err := filestore.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"store.db", "copy.db", "restored.db"}
	s := mustOpen(t, filepath.Join(dir, paths[0]), key)
	mustSet(t, s, "A", string(bytes.Repeat([]byte("x"), 60<<10)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for round := range 10 {
		killCopy(t, dir, text, time.Duration(round)*7*time.Millisecond)
		for _, path := range paths {
			if err := filestore.Verify(filepath.Join(dir, path), key); err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		}
	}
}

// killCopy starts the child and kills it some time after its first complete turn.
func killCopy(t *testing.T, dir, key string, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledCopy$")
	cmd.Env = append(os.Environ(), copyVariable+"="+dir, keyVariable+"="+key)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 5)
	if _, err := out.Read(first); err != nil || string(first) != "turn\n" {
		t.Errorf("the child says %q, %v", first, err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill()
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
		t.Error("the child ended by itself")
	}
}

func copyUntilKilled(t *testing.T, dir string) {
	key, err := filestore.ParseKey(os.Getenv(keyVariable))
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for {
		s := mustOpen(t, in("store.db"), key)
		if err := filestore.SaveBackup(in("copy.db"), true, backupOf(t, s)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{"restored.db", "store.db"} {
			if err := filestore.Restore(in("copy.db"), in(to), key, true); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Println("turn")
	}
}
