package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/sources"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// syncFlags are the flags of plan and sync.
type syncFlags struct {
	run.Options
	sources sourceFlags
	format  string

	quiet, verbose bool
}

// detail returns how much of a plan the text shows.
func (f *syncFlags) detail() report.Detail {
	switch {
	case f.quiet:
		return report.Brief
	case f.verbose:
		return report.Full
	}
	return report.Folded
}

func (f *syncFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.sources.register(flags)
	mapping := section(flags, mappingTitle)
	mapping.text(&f.ManifestFile, "manifest", "FILE", "", "what goes where (default: prefect-secrets.toml, if it exists)")
	mapping.text(&f.Environment, "environment", "NAME", "", "manifest environment to apply (default: top-level settings only)")
	ruleFlags(flags, &f.Rules)
	connectFlags(flags, &f.Connect)
	section(flags, storeTitle).text(&f.Connect.VerifyKeyFile, "verify-key-file", "FILE", "", "file with a runner key, to read back and compare every value that was written; plan asks whether it may")
	checks := section(flags, checksTitle)
	checks.list(&f.ConfigFiles, "config-files", "PATH", "Prefect configs, or patterns of them, to check first")
	checks.choice(&f.FailOn, "fail-on", "SEVERITY", "error", failOnChoices, ": findings in the configs that stop the run")
	checks.text(&f.sources.version, "prefect-version", "VERSION", release.Documented.String(), "how --secrets-config is read, and what --config-files are checked for (default there: any release): documented, or a release from 0.6.7 to 1.4.1, such as 0.13 or 0.13.19 (default: documented)")
	output := section(flags, outputTitle)
	output.choice(&f.format, "format", "FORMAT", "text", []string{"text", "json", "markdown"}, "")
	output.toggleShort(&f.quiet, "quiet", "q", "text: of the plan only deletions, warnings and counts; no progress")
	output.toggleShort(&f.verbose, "verbose", "v", "text: every name of the plan, not only 50 of a kind")
}

// readVersion makes --prefect-version the release that the configs are checked for, if
// the flag is set. Without it they are checked for any release.
func (f *syncFlags) readVersion(cmd *cobra.Command) (err error) {
	if !cmd.Flags().Changed("prefect-version") {
		return nil
	}
	if f.ConfigsFor, err = inspect.ParseVersion(f.sources.version); err != nil {
		return fmt.Errorf("--prefect-version: %w", err)
	}
	return nil
}

// run calls planOrSync with the options that the flags describe.
func (f syncFlags) run(c *Command, cmd *cobra.Command, planOrSync func(context.Context, run.Options, run.Printer) error) error {
	if err := errors.Join(f.readVersion(cmd), exclusive(cmd.Flags(), "quiet", "verbose")); err != nil {
		return err
	}
	f.Untrusted = c.untrusted()
	out := c.printerFor(f.format, report.Text{Detail: f.detail(), Environment: f.Environment})
	f.Connect = c.withEnv(f.Connect)
	f.Sources = func() ([]*secretsync.Source, error) {
		read, err := f.sources.read(c)
		if errors.Is(err, sources.ErrNone) && f.Reviewed != "" {
			err = fmt.Errorf("%w: a plan file has no values, so pass the sources of its plan too", err)
		}
		return read, err
	}
	f.Signals = c.Interrupts
	return run.UnlessUntrusted(f.Untrusted, out, planOrSync(cmd.Context(), f.Options, out))
}

func (c *Command) plan() *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what sync would do, and change nothing",
		Args:  sourcesByFlags,
		Example: `# what would change for the secrets of a file
prefect-secrets plan --secrets-file secrets.json

# write the plan down, so that sync does this and nothing else
prefect-secrets plan --secrets-file secrets.json --plan-file plan.json
prefect-secrets sync --secrets-file secrets.json --plan-file plan.json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(c, cmd, func(ctx context.Context, o run.Options, out run.Printer) error {
				_, err := run.Plan(ctx, o, out)
				return err
			})
		},
	}
	f.register(cmd)
	output := section(cmd.Flags(), outputTitle)
	output.text(&f.PlanFile, "plan-file", "FILE", "", "write names and actions to this file, for sync --plan-file")
	output.toggle(&f.Detailed, "detailed-exitcode", fmt.Sprintf("exit with %d if the plan has writes or deletions", exit.Pending))
	return cmd
}

func (c *Command) sync() *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Write CI secrets to the store",
		Long: `Sync checks the configs, plans, writes, then verifies the names in the store. It
writes nothing if a config has errors or the plan fails, nor in a workflow run on
GitHub for a fork or by Dependabot.`,
		Example: `# try it with a store inside this process
prefect-secrets sync --api-url embedded --secrets-file secrets.json

# secrets of the environment; delete stored names of team A that are gone
prefect-secrets sync --env-names 'TEAM_A_*' --prune-scope 'TEAM_A_*'`,
		Args: sourcesByFlags,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(c, cmd, run.Sync) },
	}
	f.register(cmd)
	section(cmd.Flags(), checksTitle).text(&f.Reviewed, "plan-file", "FILE", "", "file that plan --plan-file wrote: do what is in it and nothing else, or refuse")
	return cmd
}
