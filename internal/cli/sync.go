package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/inspect"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// syncFlags are the flags of plan and sync.
type syncFlags struct {
	run.Options
	sources sourceFlags
	format  string
}

func (f *syncFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	connectFlags(flags, &f.Connect)
	f.sources.register(flags)
	flags.StringVar(&f.ManifestFile, "manifest", "", "what goes where (default: prefect-secrets.toml, if it is there)")
	flags.StringVar(&f.Environment, "environment", "", "the manifest's environment to use (default: none, what stands at the top alone)")
	ruleFlags(flags, &f.Rules)
	flags.StringSliceVar(&f.ConfigFiles, "config-files", nil, "Prefect configs, or patterns of them, to check first")
	flags.StringVar(&f.FailOn, "fail-on", "error", "which findings in the configs stop the run: error, warning or never")
	flags.StringVar(&f.Connect.VerifyKeyFile, "verify-key-file", "", "a file with a runner key, to read back and compare every value that was written; plan asks whether it may")
	flags.StringVar(&f.format, "format", "text", "text, json or markdown")
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
	if err := f.readVersion(cmd); err != nil {
		return err
	}
	f.Untrusted = c.untrustedReason()
	out, err := c.printerFor(f.format)
	if err != nil {
		return err
	}
	f.Connect = c.withEnv(f.Connect)
	f.Sources = func() ([]*secretsync.Source, error) { return f.sources.read(c) }
	f.Signals = c.Interrupts
	return run.UnlessUntrusted(f.Untrusted, out, planOrSync(cmd.Context(), f.Options, out))
}

func (c *Command) plan() *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what sync would do, and change nothing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(c, cmd, func(ctx context.Context, o run.Options, out run.Printer) error {
				_, err := run.Plan(ctx, o, out)
				return err
			})
		},
	}
	f.register(cmd)
	cmd.Flags().StringVar(&f.PlanFile, "plan-file", "", "a file to write names and actions to, for sync --plan-file")
	cmd.Flags().BoolVar(&f.Detailed, "detailed-exitcode", false, fmt.Sprintf("exit with %d if there are changes to make", exit.Pending))
	return cmd
}

func (c *Command) sync() *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Bring CI secrets into the store",
		Long: `Sync checks the configs, plans, writes, and asks the store afterwards what is
there. It writes nothing if a config has errors or the plan fails, nor in a
workflow run on GitHub that is for a fork or Dependabot's own.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(c, cmd, run.Sync) },
	}
	f.register(cmd)
	cmd.Flags().StringVar(&f.Reviewed, "plan-file", "", "a file that plan --plan-file wrote: do what is in it and nothing else, or refuse")
	return cmd
}
