package filestore_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// rounds is how many times the writing child is killed; CI asks for 1,000.
var rounds = flag.Int("crash.rounds", 10, "rounds of the crash test")

// Environment variables that hold the path and key of the store for a child process.
const pathVariable, keyVariable = "FILESTORE_CRASH_PATH", "FILESTORE_CRASH_KEY"

func TestMain(m *testing.M) {
	storetest.CrashMain(func() (cloud.Store, error) {
		key, err := filestore.ParseKey(os.Getenv(keyVariable))
		if err != nil {
			return nil, err
		}
		return filestore.Open(filestore.Config{Path: os.Getenv(pathVariable), Key: key, Now: time.Now})
	})
	os.Exit(m.Run())
}

// A process that is killed in the middle of writing has lost nothing that it
// acknowledged, and has left no partial record.
func TestCrash(t *testing.T) {
	text, path := filestore.NewKey(), filepath.Join(t.TempDir(), "store.db")
	key, err := filestore.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Crash(t, storetest.CrashConfig{
		Rounds: *rounds,
		Env:    []string{pathVariable + "=" + path, keyVariable + "=" + text},
		Open: func(t *testing.T) (cloud.Store, func() error) {
			s := mustOpen(t, path, key)
			return s, s.Close
		},
	})
	if err := filestore.Verify(path, key); err != nil {
		t.Error(err)
	}
}
