// Package canary runs the complete product with secret values, and checks that nothing
// that it writes shows one.
package canary

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

func TestMain(m *testing.M) {
	if os.Getenv(panicVariable) != "" {
		os.Exit(m.Run())
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "canary")
	if err == nil {
		defer os.RemoveAll(dir)
		if err = binary.Build(dir); err == nil {
			broken, err = breakCommand(dir)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if only := flag.Lookup("test.run").Value.String(); only == "" && code == 0 {
		code = checkExceptions()
	}
	return code
}

// watch checks output for secrets.
type watch struct {
	t        *testing.T
	searcher searcher
	checked  *atomic.Int64 // number of texts
}

// newWatch returns a watch for the values and for credentials.
func newWatch(t *testing.T, credentials ...canary) *watch {
	w := &watch{t, newSearcher(append(values(), credentials...)), &atomic.Int64{}}
	t.Cleanup(func() {
		if w.checked.Load() == 0 {
			t.Error("nothing was checked")
		}
	})
	return w
}

// check fails the test if text holds a secret. Where is the origin of text.
func (w *watch) check(where, text string) {
	w.t.Helper()
	w.checked.Add(1)
	if f, at, found := w.searcher.find(text); found {
		excerpt := text[max(0, at-120):min(len(text), at+40)]
		w.t.Errorf("%s: %s shows, %s, at byte %d: %q", where, f.canary, f.encoding, at, excerpt)
	}
}

// checkProcess checks the output of a process.
func (w *watch) checkProcess(where string, p *binary.Process) {
	w.t.Helper()
	w.check(where+": standard output", p.Stdout.String())
	w.check(where+": standard error", p.Stderr.String())
}

// checkFiles checks every file below a directory, its name and its content, and that
// none is a core dump.
func (w *watch) checkFiles(where, dir string) {
	w.t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.TrimPrefix(path, dir)
		if strings.HasPrefix(d.Name(), "core") {
			w.t.Errorf("%s: a core was written: %s", where, name)
		}
		data, err := os.ReadFile(path)
		w.check(where+": file "+name, name+"\n"+string(data))
		return err
	})
	if err != nil {
		w.t.Error(err)
	}
}
