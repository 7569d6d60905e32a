package cli

import (
	"context"
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
		Args:  noEmpty("PATH"),
		Example: `# every config below this directory
prefect-secrets check .

# for one release, and with the secrets that flows read
prefect-secrets check config.toml --prefect-version 0.15 --flows flows`,
		Long: `Check reads each config and reports what would go wrong with it in Prefect.
Without a PATH it reads the config that Prefect would: the file that
PREFECT__USER_CONFIG_PATH names, else ~/.prefect/config.toml. A PATH can be a
pattern such as 'config/*.toml', or - for standard input. In a directory it reads
the TOML files that have Prefect's tables, and the manifests. It skips hidden
directories except .prefect, node_modules and virtual environments. It checks a
file named prefect-secrets.toml as a manifest, and so the one that --manifest names.

With --flows it also reads Python files and notebooks, and reports the secrets that
they read and that no config, no manifest and, with --api-url, no store has.

The comment # prefect-secrets: ignore[rule] reason silences a rule on its line.`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if cmd.Flags().Changed("explain") {
				return c.explain(f.explain, paths)
			}
			return c.runCheck(cmd.Context(), f, paths)
		},
	}
	flags := cmd.Flags()
	rules := section(flags, "Rules")
	rules.text(&f.version, "prefect-version", "VERSION", "", "Prefect that the configs are for: documented, or a release from 0.6.7 to 1.4.1, such as 0.13 or 0.13.19 (default: any release)")
	rules.list(&f.selected, "select", "RULE", "rules to apply, and no other but syntax")
	rules.list(&f.ignored, "ignore", "RULE", "rules not to apply; wins over --select")
	rules.choice(&f.failOn, "fail-on", "SEVERITY", "error", failOnChoices, fmt.Sprintf(": findings that make the exit code %d; a note never does", exit.Failed))
	rules.text(&f.explain, "explain", "RULE", "", "print what a rule finds, why that matters and how to fix it, and nothing else")
	environment := section(flags, "Environment")
	environment.toggle(&f.requireEnv, "require-env", "report a variable that a config names and the environment lacks as an error")
	environment.list(&f.assumeEnv, "assume-env", "GLOB", "variables that Prefect's environment will have, such as AWS_*, though they are not set here")
	flow := section(flags, "Flows and manifest")
	flow.repeated(&f.flows, "flows", "PATH", "flow code whose secrets are looked for: a Python file, a notebook, or a directory of them")
	flow.toggle(&f.usedBy, "used-by", "with --flows: print each secret with the places that read it, and nothing else")
	flow.text(&f.manifest, "manifest", "FILE", "", "manifest to check, regardless of its name (default with --flows: prefect-secrets.toml, if it exists)")
	connectFlags(flags, &f.connect)
	section(flags, storeTitle).text(&f.connect.Environment, "environment", "NAME", "", "with --flows: manifest environment whose store's names count as well")
	flags.Lookup("api-url").Usage = "with --flows: secrets API whose names count as well"
	section(flags, outputTitle).choice(&f.format, "format", "FORMAT", "text", diagnosticsFormats, "")
	return cmd
}

// runCheck checks the configs as Prefect would read them in c.Env.
func (c *Command) runCheck(ctx context.Context, f checkFlags, paths []string) error {
	write, err := diagnosticsWriter(f.format)
	if err != nil {
		return err
	}
	threshold := check.FailOn(f.failOn)
	o, err := f.options(c.Env)
	if err != nil {
		return err
	}
	show := func(found inspect.Findings) error {
		if err := inspect.WriteFound(c.errOut(), found); err != nil {
			return err
		}
		return write(c.out(), found.Diagnostics, found.Files)
	}
	var files *inspect.Cache // only flows need a config twice
	hasStdin := slices.Contains(paths, inspect.Stdin)
	if hasStdin || len(f.flows) > 0 {
		files = inspect.NewCache()
	}
	if hasStdin {
		if err := files.ReadStdin(c.Stdin); err != nil {
			return err
		}
	}
	if len(f.flows) > 0 {
		return c.checkFlows(ctx, f, files, paths, o, threshold, show)
	}
	switch {
	case f.usedBy:
		return usagef("--used-by needs --flows PATH")
	case f.connect.APIURL != "":
		return usagef("--api-url needs --flows PATH")
	case f.connect.Environment != "":
		return usagef("--environment needs --flows PATH")
	}
	if f.manifest != "" {
		return files.CheckManifest(f.manifest, paths, o, threshold, show)
	}
	return files.CheckConfigs(paths, c.Env, o, threshold, show)
}

// asksStore reports whether the names in a store count as defined.
func (f checkFlags) asksStore() bool { return f.connect.APIURL != "" || f.connect.Environment != "" }

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

// failOnChoices are the values of --fail-on.
var failOnChoices = []string{string(check.FailOnError), string(check.FailOnWarning), string(check.FailOnNever)}

var diagnosticsFormats = []string{"text", "github", "json", "sarif", "markdown"}

func diagnosticsWriter(format string) (func(io.Writer, []check.Diagnostic, int) error, error) {
	switch format {
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
	return report.DiagnosticsText, nil
}
