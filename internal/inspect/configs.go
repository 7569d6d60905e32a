// Package inspect reads the configs, the manifest and the flows of a run, and checks
// them, for the command and the Action.
package inspect

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// Findings are the results of checking some files.
type Findings struct {
	Diagnostics []check.Diagnostic
	Files       int      // how many were checked
	Found       []string // a line for each directory that was searched
}

// Show prints findings.
type Show = func(Findings) error

// ShowText returns a Show that writes text to w.
func ShowText(w io.Writer) Show {
	return func(f Findings) error { return report.DiagnosticsText(w, f.Diagnostics, f.Files) }
}

// ParseVersion parses the Prefect that configs are for. The empty string is any.
func ParseVersion(text string) (release.Version, error) {
	return release.VersionOf(text)
}

// CheckConfigs checks the files that the patterns match, or without patterns the
// config that Prefect reads, and shows the findings. The error is an [exit.Error] if
// they reach the threshold.
func (c *Cache) CheckConfigs(patterns, env []string, o check.Options, threshold check.FailOn, show Show) error {
	if len(patterns) == 0 {
		path := release.NewEnvironment(env).UserFile()
		if path == "" {
			return errors.New("the environment names no config that Prefect would read: give a PATH")
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("no PATH given, and there is no %s, which Prefect would read: give one, as in prefect-secrets check FILE", path)
		}
		patterns = []string{path}
	}
	fails, err := c.Check(patterns, o, threshold, show)
	if err == nil && fails {
		err = &exit.Error{Code: exit.Failed}
	}
	return err
}

// Check checks every file that the patterns match, each once, shows the findings,
// and reports whether they reach the threshold.
func (c *Cache) Check(patterns []string, o check.Options, threshold check.FailOn, show Show) (fails bool, err error) {
	files, err := Expand(patterns)
	if err != nil {
		return false, err
	}
	findings, err := c.checkAll(files, o)
	if err != nil {
		return false, err
	}
	return threshold.Fails(findings.Diagnostics), show(findings)
}

// checkAll checks files concurrently. With many files it collects garbage less
// often: a file needs little memory, and the process ends soon.
func (c *Cache) checkAll(files Files, o check.Options) (Findings, error) {
	paths, o := files.Paths, o.ForMany()
	if len(paths) > 1 {
		defer debug.SetGCPercent(debug.SetGCPercent(400))
	}
	diagnostics := make([][]check.Diagnostic, len(paths))
	var workers errgroup.Group
	var panicked panics.Catcher
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(paths)) {
		workers.Go(func() error {
			defer panicked.Catch()
			for i := next.Add(1) - 1; i < int64(len(paths)); i = next.Add(1) - 1 {
				found, err := c.checkFile(paths[i], o)
				if err != nil {
					return fmt.Errorf("reading config: %w", err)
				}
				diagnostics[i] = found
				runtime.Gosched() // lets the garbage collector work between two files
			}
			return nil
		})
	}
	err := workers.Wait()
	panicked.Pass()
	return Findings{slices.Concat(diagnostics...), len(paths), files.Found}, err
}

// Files are the files that patterns and directories name.
type Files struct {
	Paths []string // each once, sorted
	Found []string // what was found, a line for each directory
}

// Expand returns every file that the patterns match, and every config and manifest
// below the directories that they match. A pattern that is the name of a file matches
// only that, and [Stdin] itself. It fails for a pattern that matches nothing, a directory that has nothing
// below it, and a file that by its name is not TOML.
func Expand(patterns []string) (Files, error) {
	var files Files
	for _, pattern := range patterns {
		if pattern == Stdin {
			files.Paths = append(files.Paths, Stdin)
			continue
		}
		matches, err := match(pattern)
		if err != nil {
			return Files{}, err
		}
		for _, path := range matches {
			if err := files.add(path); err != nil {
				return Files{}, err
			}
		}
	}
	slices.Sort(files.Paths)
	files.Paths = slices.Compact(files.Paths)
	return files, nil
}

func match(pattern string) ([]string, error) {
	if _, err := os.Lstat(pattern); err == nil {
		return []string{pattern}, nil
	}
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: not a glob", pattern)
	}
	matches = slices.DeleteFunc(matches, isPipe)
	if len(matches) == 0 {
		if !strings.ContainsAny(pattern, `*?[`) {
			return nil, fmt.Errorf("%q: no such file", pattern)
		}
		return nil, fmt.Errorf("%q: no such file, and as a pattern it matches none", pattern)
	}
	return matches, nil
}

// isPipe reports whether a path is neither a file nor a directory: opening a pipe waits
// for whoever writes to it. A link that leads nowhere counts as a file, so that reading
// it says why.
func isPipe(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// add adds a file, or what is below a directory.
func (f *Files) add(path string) error {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		f.Paths = append(f.Paths, path) // reading it says why, if it cannot be read
		return checkKind(path)
	}
	found, err := discover(path)
	if err != nil {
		return err
	}
	f.Paths, f.Found = slices.Concat(f.Paths, found.configs, found.manifests), append(f.Found, found.String())
	return nil
}

// WriteFound writes what was found below directories.
func WriteFound(w io.Writer, findings Findings) error {
	for _, line := range findings.Found {
		if _, err := fmt.Fprintln(w, "prefect-secrets: "+report.Safe(line)); err != nil {
			return err
		}
	}
	return nil
}
