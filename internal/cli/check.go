package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// checkFlags are what check is told beside its files.
type checkFlags struct {
	format, failOn, version string
	manifest                string
	requireEnv              bool
	flows                   flowOptions
}

func (c *Command) check() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Check Prefect's TOML configs before they are deployed",
		Args:  cobra.ArbitraryArgs,
		Long: `Check reads each config and says what would go wrong with it in Prefect.
Without a PATH it reads the config that Prefect would: the file that
PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml. A PATH may be a
pattern such as 'config/*.toml'. A file named prefect-secrets.toml is checked as a
manifest, and so is the one that --manifest names.

With --flows it reads Python files as well, and reports the secrets that they read
and that no config, no manifest and, with --api-url, no store has.

The comment # prefect-secrets: ignore[rule] reason silences a rule on its line.`,
		RunE: func(cmd *cobra.Command, paths []string) error { return c.runCheck(cmd.Context(), f, paths) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", diagnosticsFormats)
	flags.StringVar(&f.failOn, "fail-on", "error", "what makes the exit code 1: error, warning or never")
	flags.StringVar(&f.version, "prefect-version", "", "the Prefect that the configs are for: documented, 0.9 or 1.4, or a release such as 1.4.1 (default: any release)")
	flags.BoolVar(&f.requireEnv, "require-env", false, "make a variable that a config names and the environment lacks an error")
	flags.StringArrayVar(&f.flows.dirs, "flows", nil, "a directory of flow code, or a Python file, whose secrets are looked for; may be given again")
	flags.BoolVar(&f.flows.usedBy, "used-by", false, "with --flows: print each secret with the places that read it, and nothing else")
	flags.StringVar(&f.manifest, "manifest", "", "a manifest to check, whatever its name (default with --flows: prefect-secrets.toml, if it is there)")
	f.flows.connect.register(flags)
	flags.Lookup("api-url").Usage = "with --flows: the secrets API whose names count as well"
	return cmd
}

// runCheck checks the configs for the environment that the command runs in.
func (c *Command) runCheck(ctx context.Context, f checkFlags, paths []string) error {
	write, err := diagnosticsWriter(f.format)
	if err != nil {
		return err
	}
	threshold, err := check.ParseFailOn(f.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	version, err := versionOrAny(f.version)
	if err != nil {
		return fmt.Errorf("--prefect-version: %w", err)
	}
	o := check.Options{Version: version, Env: append([]string{}, c.Env...), RequireEnv: f.requireEnv}
	show := func(found checked) error { return write(c.Stdout, found.diagnostics, found.files) }
	if len(f.flows.dirs) > 0 {
		return c.checkFlows(ctx, f, paths, o, threshold, show)
	}
	if f.flows.usedBy || f.flows.connect.apiURL != "" {
		return errors.New("--used-by and --api-url are about the flows that --flows names")
	}
	if f.manifest != "" {
		return checkWithManifest(f.manifest, paths, o, threshold, show)
	}
	return c.checkNamed(paths, o, threshold, show)
}

// versionOrAny reads the Prefect that configs are for. Empty text is any.
func versionOrAny(text string) (config.Version, error) {
	if text == "" {
		return config.Any, nil
	}
	return config.ParseVersion(text)
}

const diagnosticsFormats = "text, github, json, sarif or markdown"

func diagnosticsWriter(format string) (func(io.Writer, []check.Diagnostic, int) error, error) {
	switch format {
	case "text":
		return report.DiagnosticsText, nil
	case "github":
		return report.DiagnosticsGitHub, nil
	case "json":
		return report.DiagnosticsJSON, nil
	case "sarif":
		root, err := os.Getwd()
		return report.SARIF{Version: currentVersion(), Root: root}.Diagnostics, err
	case "markdown":
		return report.DiagnosticsComment, nil
	}
	return nil, fmt.Errorf("--format: unknown format %q: it is %s", format, diagnosticsFormats)
}

// checkNamed checks the files that the patterns match, else the config that
// Prefect reads, and exits with what they say.
func (c *Command) checkNamed(patterns []string, o check.Options, threshold check.FailOn, show func(checked) error) error {
	if len(patterns) == 0 {
		path := config.UserConfigPath(c.Env)
		if path == "" {
			return errors.New("the environment names no config that Prefect would read: give a PATH")
		}
		patterns = []string{path}
	}
	fails, err := checkFiles(patterns, o, threshold, show)
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
func checkFiles(patterns []string, o check.Options, threshold check.FailOn, show func(checked) error) (fails bool, err error) {
	paths, err := expandPatterns(patterns)
	if err != nil {
		return false, err
	}
	found, err := (*files)(nil).checkAll(paths, o)
	if err != nil {
		return false, err
	}
	return threshold.Fails(found.diagnostics), show(found)
}

// checkAll checks files side by side. Of many the garbage collector may leave more
// lying about: what a file takes is small, and the process ends soon.
func (f *files) checkAll(paths []string, o check.Options) (checked, error) {
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
			found, err := f.check(path, o)
			if err != nil {
				return fmt.Errorf("reading config: %w", err)
			}
			diagnostics[i] = found
			return nil
		})
	}
	err := workers.Wait()
	panicked.Pass()
	return checked{slices.Concat(diagnostics...), len(paths)}, err
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
