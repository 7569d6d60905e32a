package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/check"
	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// syncOptions are what plan and sync are told, by flags or by the Action's inputs.
type syncOptions struct {
	connect connect.Options
	sourceOptions
	ruleOptions
	manifestFile string
	environment  string
	manifest     *secretsync.Manifest // of the environment, instead of manifestFile
	configFiles  []string
	failOn       string
	format       string
	planFile     string        // to be written
	reviewed     string        // a plan file to keep to
	configsFor   check.Version // the Prefect that configFiles are for
	notes        []string      // for the plan
	untrusted    string        // why the run may neither write nor delete; empty if it may
	// afterPlan, if set, may stop the run once every plan is made and shown.
	afterPlan func(*secretsync.Outcome) error
}

func (o *syncOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	connectFlags(flags, &o.connect)
	o.sourceOptions.register(flags)
	flags.StringVar(&o.manifestFile, "manifest", "", "what goes where (default: prefect-secrets.toml, if it is there)")
	flags.StringVar(&o.environment, "environment", "", "the manifest's environment to use (default: none, what stands at the top alone)")
	o.ruleOptions.register(flags)
	flags.StringSliceVar(&o.configFiles, "config-files", nil, "Prefect configs, or patterns of them, to check first")
	flags.StringVar(&o.failOn, "fail-on", "error", "which findings in the configs stop the run: error, warning or never")
	flags.StringVar(&o.connect.VerifyKeyFile, "verify-key-file", "", "a file with a runner key, to read back and compare every value that was written; plan asks whether it may")
	flags.StringVar(&o.format, "format", "text", "text, json or markdown")
}

// readVersion takes --prefect-version for the configs, too, where it is given:
// without it they are checked for any release.
func (o *syncOptions) readVersion(cmd *cobra.Command) (err error) {
	if !cmd.Flags().Changed("prefect-version") {
		return nil
	}
	if o.configsFor, err = check.ParseVersion(o.version); err != nil {
		return fmt.Errorf("--prefect-version: %w", err)
	}
	return nil
}

func (c *Command) plan() *cobra.Command {
	var o syncOptions
	var detailed bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what sync would do, and change nothing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.readVersion(cmd); err != nil {
				return err
			}
			o.untrusted = c.untrusted()
			return c.shown(cmd.Context(), o, func(ctx context.Context, out printer) error {
				done, err := c.runPlan(ctx, o, out)
				if err != nil {
					return unlessUntrusted(o.untrusted, out, err)
				}
				if _, err := writePlanFile(done, o); err != nil {
					return err
				}
				if err := out.onlyPlanned(done); err != nil {
					return err
				}
				return exit.Planned(done, detailed)
			})
		},
	}
	o.register(cmd)
	cmd.Flags().StringVar(&o.planFile, "plan-file", "", "a file to write names and actions to, for sync --plan-file")
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, fmt.Sprintf("exit with %d if there are changes to make", exit.Pending))
	return cmd
}

func (c *Command) sync() *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Bring CI secrets into the store",
		Long: `Sync checks the configs, plans, writes, and asks the store afterwards what is
there. It writes nothing if a config has errors or the plan fails, nor in a
workflow run on GitHub that is for a fork or Dependabot's own.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.readVersion(cmd); err != nil {
				return err
			}
			o.untrusted = c.untrusted()
			return c.shown(cmd.Context(), o, func(ctx context.Context, out printer) error {
				done, err := c.runSync(ctx, o, out)
				if err != nil {
					return unlessUntrusted(o.untrusted, out, err)
				}
				return exit.Synced(done)
			})
		},
	}
	o.register(cmd)
	cmd.Flags().StringVar(&o.reviewed, "plan-file", "", "a file that plan --plan-file wrote: do what is in it and nothing else, or refuse")
	return cmd
}

// shown runs a plan or a sync with the printer that o names.
func (c *Command) shown(ctx context.Context, o syncOptions, do func(context.Context, printer) error) error {
	out, err := c.printerFor(o.format)
	if err != nil {
		return err
	}
	return do(ctx, out)
}
