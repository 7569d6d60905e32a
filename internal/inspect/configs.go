// Package inspect reads the files that a run is about, configs, manifest and flows,
// and has them checked. The command and the Action both come here.
package inspect

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// Found is what check found in files.
type Found struct {
	Diagnostics []check.Diagnostic
	Files       int
}

// Show shows what was found.
type Show = func(Found) error

// ShowText shows what was found as text.
func ShowText(w io.Writer) Show {
	return func(found Found) error { return report.DiagnosticsText(w, found.Diagnostics, found.Files) }
}

// VersionOrAny reads the Prefect that configs are for. An empty string is any.
func VersionOrAny(text string) (release.Version, error) {
	if text == "" {
		return release.Any, nil
	}
	return release.ParseVersion(text)
}

// Named checks the files that the patterns match, else the config that
// Prefect reads, and exits with what they say.
func Named(patterns, env []string, o check.Options, threshold check.FailOn, show Show) error {
	if len(patterns) == 0 {
		path := release.NewEnvironment(env).UserFile()
		if path == "" {
			return errors.New("the environment names no config that Prefect would read: give a PATH")
		}
		patterns = []string{path}
	}
	fails, err := (*Cache)(nil).Check(patterns, o, threshold, show)
	if err == nil && fails {
		err = &exit.Error{Code: exit.Failed}
	}
	return err
}

// Check checks every file that the patterns match, each once, shows what was
// found, and reports whether it reaches the threshold.
func (c *Cache) Check(patterns []string, o check.Options, threshold check.FailOn, show Show) (fails bool, err error) {
	paths, err := Expand(patterns)
	if err != nil {
		return false, err
	}
	found, err := c.checkAll(paths, o)
	if err != nil {
		return false, err
	}
	return threshold.Fails(found.Diagnostics), show(found)
}

// checkAll checks files side by side. Of many the garbage collector may leave more
// lying about: what a file takes is small, and the process ends soon.
func (c *Cache) checkAll(paths []string, o check.Options) (Found, error) {
	if len(paths) > 1 {
		defer debug.SetGCPercent(debug.SetGCPercent(400))
	}
	diagnostics := make([][]check.Diagnostic, len(paths))
	var workers errgroup.Group
	var panicked panics.Catcher
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		workers.Go(func() error {
			defer panicked.Catch()
			found, err := c.check(path, o)
			if err != nil {
				return fmt.Errorf("reading config: %w", err)
			}
			diagnostics[i] = found
			return nil
		})
	}
	err := workers.Wait()
	panicked.Pass()
	return Found{slices.Concat(diagnostics...), len(paths)}, err
}

// Expand is every file that the patterns match, each once, sorted.
func Expand(patterns []string) ([]string, error) {
	var paths []string
	for _, pattern := range patterns {
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: not a glob", pattern)
		}
		if _, err := os.Lstat(pattern); err == nil {
			matches = []string{pattern}
		}
		if len(matches) == 0 {
			return nil, fmt.Errorf("%q: %w", pattern, errNoMatch)
		}
		paths = append(paths, matches...)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

var errNoMatch = errors.New("no such file, and as a pattern it matches none")
