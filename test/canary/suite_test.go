// Package canary runs the whole product with values that must not show, and looks
// for them in everything that it writes.
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

// watch looks for secrets in what is shown to it.
type watch struct {
	t        *testing.T
	searcher searcher
	checked  *atomic.Int64 // how many texts
}

// newWatch looks for the values and for some credentials.
func newWatch(t *testing.T, credentials ...canary) *watch {
	w := &watch{t, newSearcher(append(values(), credentials...)), &atomic.Int64{}}
	t.Cleanup(func() {
		if w.checked.Load() == 0 {
			t.Error("nothing was looked at")
		}
	})
	return w
}

// see fails the test if text holds a secret. Where says whose text it is.
func (w *watch) check(where, text string) {
	w.t.Helper()
	w.checked.Add(1)
	if f, at, found := w.searcher.find(text); found {
		w.t.Errorf("%s: %s shows, %s, at byte %d: %q", where, f.canary, f.encoding, at, text[max(0, at-120):min(len(text), at+40)])
	}
}

// process sees all that a process left: its streams and its arguments.
func (w *watch) checkProcess(where string, p *binary.Process) {
	w.t.Helper()
	w.check(where+": standard output", p.Stdout.String())
	w.check(where+": standard error", p.Stderr.String())
}

// files sees every file beneath a directory, by name and content, and wants no
// core among them.
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
