package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
)

func (c *Command) names() *cobra.Command {
	var o connect.Options
	var format string
	cmd := &cobra.Command{
		Use:     "names",
		Aliases: []string{"list", "ls"},
		Short:   "List the names of the tenant's secrets",
		Example: `prefect-secrets names --api-url https://secrets.example.com
prefect-secrets names --tenant data --format json
prefect-secrets names --environment staging`,
		Args: noArguments("the store is named by --api-url, the tenant by --tenant"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			write := report.NamesText
			if format == "json" {
				write = report.NamesJSON
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				names, err := run.ListNames(ctx, conn)
				if err != nil {
					return err
				}
				return write(c.out(), names)
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	environmentFlag(cmd.Flags(), &o)
	section(cmd.Flags(), outputTitle).choice(&format, "format", "FORMAT", "text", []string{"text", "json"}, "")
	return cmd
}
