package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

func (c *Command) names() *cobra.Command {
	var o connect.Options
	var format string
	cmd := &cobra.Command{
		Use:   "names",
		Short: "List the names of the tenant's secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := map[string]func(io.Writer, []string) error{"text": report.NamesText, "json": report.NamesJSON}[format]
			if !ok {
				return unknownFormat(format)
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				names, err := run.ListNames(ctx, conn)
				if err != nil {
					return err
				}
				return write(c.Stdout, names)
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}
