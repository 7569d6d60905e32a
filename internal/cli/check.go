package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// checkFlags are the flags of check.
type checkFlags struct {
	format, failOn, version string
	manifest                string
	requireEnv              bool
	assumeEnv               []string
	selected, ignored       []string // rules
	explain                 string   // a rule
	flows                   []string
	usedBy                  bool
	connect                 connect.Options // the store whose names are defined for flows
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
pattern such as 'config/*.toml', or - for standard input. Of a directory it reads
the TOML files below it that have Prefect's tables, and the manifests; not hidden
directories except .prefect, node_modules and virtual environments. A file named
prefect-secrets.toml is checked as a manifest, and so is the one that --manifest
names.

With --flows it reads Python files as well, and reports the secrets that they read
and that no config, no manifest and, with --api-url, no store has.

The comment # prefect-secrets: ignore[rule] reason silences a rule on its line.`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if cmd.Flags().Changed("explain") {
				return c.explain(f.explain, paths)
			}
			return c.runCheck(cmd.Context(), f, paths)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", diagnosticsFormats)
	flags.StringVar(&f.failOn, "fail-on", "error", fmt.Sprintf("what makes the exit code %d: error, warning or never; a note never does", exit.Failed))
	flags.StringVar(&f.version, "prefect-version", "", "the Prefect that the configs are for: documented, or a release from 0.6.7 to 1.4.1, such as 0.13 or 0.13.19 (default: any release)")
	flags.StringSliceVar(&f.selected, "select", nil, "a rule to apply, and no other but syntax (repeatable)")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "a rule not to apply; wins over --select (repeatable)")
	flags.StringVar(&f.explain, "explain", "", "print what a `RULE` finds, why that matters and how to fix it, and nothing else")
	flags.BoolVar(&f.requireEnv, "require-env", false, "make a variable that a config names and the environment lacks an error")
	flags.StringSliceVar(&f.assumeEnv, "assume-env", nil, "a variable that Prefect's environment will have, or a glob of them such as AWS_*, though it is not set here (repeatable)")
	flags.StringArrayVar(&f.flows, "flows", nil, "a directory of flow code, or a Python file, whose secrets are looked for; may be given again")
	flags.BoolVar(&f.usedBy, "used-by", false, "with --flows: print each secret with the places that read it, and nothing else")
	flags.StringVar(&f.manifest, "manifest", "", "a manifest to check, whatever its name (default with --flows: prefect-secrets.toml, if it is there)")
	connectFlags(flags, &f.connect)
	flags.Lookup("api-url").Usage = "with --flows: the secrets API whose names count as well"
	return cmd
}

// runCheck checks the configs as Prefect would read them in c.Env.
func (c *Command) runCheck(ctx context.Context, f checkFlags, paths []string) error {
	write, err := diagnosticsWriter(f.format)
	if err != nil {
		return err
	}
	threshold, err := check.ParseFailOn(f.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	o, err := f.options(c.Env)
	if err != nil {
		return err
	}
	show := func(found inspect.Findings) error {
		if err := inspect.WriteFound(c.Stderr, found); err != nil {
			return err
		}
		return write(c.Stdout, found.Diagnostics, found.Files)
	}
	files := inspect.NewCache()
	if slices.Contains(paths, inspect.Stdin) {
		if err := files.ReadStdin(c.Stdin); err != nil {
			return err
		}
	}
	if len(f.flows) > 0 {
		return c.checkFlows(ctx, f, files, paths, o, threshold, show)
	}
	if f.usedBy || f.connect.APIURL != "" {
		return errors.New("--used-by and --api-url are about the flows that --flows names")
	}
	if f.manifest != "" {
		return files.CheckManifest(f.manifest, paths, o, threshold, show)
	}
	return files.CheckConfigs(paths, c.Env, o, threshold, show)
}

// options returns what the flags say about how to check.
func (f checkFlags) options(env []string) (o check.Options, err error) {
	if o.Version, err = inspect.ParseVersion(f.version); err != nil {
		return o, fmt.Errorf("--prefect-version: %w", err)
	}
	if err := check.ValidateSelected(f.selected); err != nil {
		return o, fmt.Errorf("--select: %w", err)
	}
	if err := check.ValidateIgnored(f.ignored); err != nil {
		return o, fmt.Errorf("--ignore: %w", err)
	}
	o.Rules = check.SelectRules(f.selected, f.ignored)
	if err := check.ValidateAssumed(f.assumeEnv); err != nil {
		return o, fmt.Errorf("--assume-env: %w", err)
	}
	o.Env, o.RequireEnv, o.AssumeEnv = append([]string{}, env...), f.requireEnv, f.assumeEnv
	return o, nil
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
