package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func (c *Command) delete() *cobra.Command {
	var o connect.Options
	cmd := &cobra.Command{
		Use:     "delete NAME",
		Aliases: []string{"rm", "remove"},
		Short:   "Delete one secret",
		Example: "prefect-secrets delete OLD_TOKEN --api-url https://secrets.example.com",
		Args:    oneArg("NAME"),

		ValidArgsFunction: c.completeNames(&o),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := secretname.Check(args[0]); err != nil {
				return err
			}
			if skip, err := c.skipWrite(); skip {
				return err
			}
			return c.withClient(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				outcome, err := deleteSecret(ctx, conn, args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(c.Stdout, outcome)
				return err
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	environmentFlag(cmd.Flags(), &o)
	return cmd
}

// deleteSecret deletes one secret and returns a line about the outcome. It lists the
// names first, because some stores do not say whether a deletion changed anything.
func deleteSecret(ctx context.Context, conn *connect.Connection, name string) (string, error) {
	names, err := run.ListNames(ctx, conn)
	if err != nil {
		return "", err
	}
	var result prefect.MutationResult
	sent := 0
	err = conn.Ask(ctx, func() error {
		sent++
		result = conn.Client.DeleteSecrets(ctx, []string{name}, nil)[0]
		return result.Err
	})
	if err != nil {
		return "", unlessDone(ownKeyError(changing("deleting", name, err), conn), "deleted")
	}
	listed := slices.Contains(names, name)
	// Once a deletion was sent again, an earlier request may have made the change.
	if listed && (result.Changed || sent > 1) {
		return "deleted " + report.Safe(name), nil
	}
	outcome := fmt.Sprintf("%q was not there: nothing was deleted", name)
	if question := nearest.Question(name, names, report.Safe); question != "" && !listed {
		outcome += "; " + question
	}
	return outcome, nil
}
