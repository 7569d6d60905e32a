package cli

import (
	"context"

	"github.com/spf13/cobra"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// syncOptions are what plan and sync are told, by flags or by the Action's inputs.
type syncOptions struct {
	connectOptions
	secretsFile  string
	secrets      *secretsync.Source // instead of secretsFile
	manifestFile string
	manifest     *secretsync.Manifest // instead of manifestFile
	include      []string
	exclude      []string
	configFiles  []string
	failOn       string
	format       string
}

func (o *syncOptions) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	o.connectOptions.register(flags)
	flags.StringVar(&o.secretsFile, "secrets-file", "", "a JSON file as ${{ toJSON(secrets) }} gives it; - is standard input")
	flags.StringVar(&o.manifestFile, "manifest", "", "what goes where (default: prefect-secrets.toml, if it is there)")
	flags.StringSliceVar(&o.include, "include", nil, "glob of CI names that go into the store; wins over the manifest's")
	flags.StringSliceVar(&o.exclude, "exclude", nil, "glob of CI names that stay out; wins over everything")
	flags.StringSliceVar(&o.configFiles, "config-files", nil, "Prefect configs, or patterns of them, to check first")
	flags.StringVar(&o.failOn, "fail-on", "error", "which findings in the configs stop the run: error, warning or never")
	flags.StringVar(&o.format, "format", "text", "text or json")
}

func (c *Command) plan() *cobra.Command {
	var o syncOptions
	var detailed bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what sync would do, and change nothing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.shown(cmd.Context(), o, func(ctx context.Context, out printer) error {
				r, err := c.runPlan(ctx, o, out)
				if err != nil {
					return err
				}
				if err := out.onlyPlanned(r.plan, r.conn.client.Requests()); err != nil {
					return err
				}
				if detailed && r.plan.Pending() {
					return &exitError{code: ExitPending}
				}
				return nil
			})
		},
	}
	o.register(cmd)
	cmd.Flags().BoolVar(&detailed, "detailed-exitcode", false, "exit with 5 if there are changes to make")
	return cmd
}

func (c *Command) sync() *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Bring CI secrets into the store",
		Long: `Sync checks the configs, plans, writes, and asks the store afterwards what is
there. It writes nothing if a config has errors or the plan fails.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.shown(cmd.Context(), o, func(ctx context.Context, out printer) error {
				r, err := c.runSync(ctx, o, out)
				if err != nil {
					return err
				}
				return resultError(r.report)
			})
		},
	}
	o.register(cmd)
	return cmd
}

// shown runs a plan or a sync with the printer that o names, within its timeout.
func (c *Command) shown(ctx context.Context, o syncOptions, do func(context.Context, printer) error) error {
	out, err := c.printerFor(o.format)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	return do(ctx, out)
}
