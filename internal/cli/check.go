package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func (c *Command) check() *cobra.Command {
	var format, failOn string
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check Prefect's TOML configs before they are deployed",
		Long: `Check reads each config and says what would go wrong with it in Prefect.
Without a PATH it reads the config that Prefect would: the file that
PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml. A PATH may be a
pattern such as 'config/*.toml'.`,
		RunE: func(_ *cobra.Command, paths []string) error {
			write, err := diagnosticsWriter(format)
			if err != nil {
				return err
			}
			threshold, err := check.ParseFailOn(failOn)
			if err != nil {
				return fmt.Errorf("--fail-on: %w", err)
			}
			return c.checkNamed(paths, threshold, func(found checked) error {
				return write(c.Stdout, found.diagnostics, found.files)
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text, json or github")
	cmd.Flags().StringVar(&failOn, "fail-on", "error", "what makes the exit code 1: error, warning or never")
	return cmd
}

func diagnosticsWriter(format string) (func(io.Writer, []check.Diagnostic, int) error, error) {
	switch format {
	case "text":
		return report.DiagnosticsText, nil
	case "json":
		return report.DiagnosticsJSON, nil
	case "github":
		return report.DiagnosticsGitHub, nil
	}
	return nil, fmt.Errorf("--format: unknown format %q: it is text, json or github", format)
}

// checkNamed checks the files that the patterns match, else the config that
// Prefect reads, and exits with what they say.
func (c *Command) checkNamed(patterns []string, threshold check.FailOn, show func(checked) error) error {
	if len(patterns) == 0 {
		path := prefect.UserConfigPath(c.Env)
		if path == "" {
			return errors.New("the environment names no config that Prefect would read: give a PATH")
		}
		patterns = []string{path}
	}
	fails, err := checkFiles(patterns, threshold, show)
	if err == nil && fails {
		err = &exitError{code: ExitFailed}
	}
	return err
}

type checked struct {
	diagnostics []check.Diagnostic
	files       int
}

// checkFiles checks every file that the patterns match, each once, shows what was
// found, and reports whether it reaches the threshold.
func checkFiles(patterns []string, threshold check.FailOn, show func(checked) error) (fails bool, err error) {
	paths, err := expandPatterns(patterns)
	if err != nil {
		return false, err
	}
	found := checked{files: len(paths)}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return false, fmt.Errorf("reading config: %w", err)
		}
		found.diagnostics = append(found.diagnostics, check.File(filepath.ToSlash(path), text, check.Options{})...)
	}
	return threshold.Fails(found.diagnostics), show(found)
}

func expandPatterns(patterns []string) ([]string, error) {
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
