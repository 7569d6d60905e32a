package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func (c *Command) delete() *cobra.Command {
	var o connect.Options
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete one secret",
		Args:  oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := secretname.Check(args[0]); err != nil {
				return err
			}
			if skip, err := c.skipWrite(); skip {
				return err
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				outcome, err := deleteSecret(ctx, conn.Client, args[0])
				if err != nil {
					return exit.Store(err)
				}
				_, err = fmt.Fprintln(c.Stdout, outcome)
				return err
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	return cmd
}

// deleteSecret deletes one secret and returns a line about the outcome. It lists the
// names first, because some stores do not say whether a deletion changed anything.
func deleteSecret(ctx context.Context, client *prefect.Client, name string) (string, error) {
	names, err := client.ListSecrets(ctx)
	if err != nil {
		return "", err
	}
	result := client.DeleteSecrets(ctx, []string{name}, nil)[0]
	if result.Err != nil {
		return "", fmt.Errorf("deleting secret %q: %w", name, result.Err)
	}
	listed := slices.Contains(names, name)
	if result.Changed && listed {
		return "deleted " + report.Safe(name), nil
	}
	outcome := report.Safe(name) + " was not there: nothing was deleted"
	if question := nearest.Question(name, names, report.Safe); question != "" && !listed {
		outcome += "; " + question
	}
	return outcome, nil
}
