package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/run"
	"github.com/prefect-secrets/prefect-secrets/prefect"
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
				names, err := conn.Client.ListSecrets(ctx)
				if err != nil {
					return exit.Store(err)
				}
				return write(c.Stdout, names)
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func unknownFormat(format string) error {
	return fmt.Errorf("--format: unknown format %q: it is text or json", format)
}

// withStore runs one command against the store that o means.
func (c *Command) withStore(ctx context.Context, o connect.Options, do func(context.Context, *connect.Connection) error) error {
	return run.WithStore(ctx, nil, c.withEnv(o), c.Stderr, do)
}

func (c *Command) set() *cobra.Command {
	var o connect.Options
	var isJSON bool
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Set one secret to the value on standard input",
		Long: `Set reads the value from standard input as text, one final newline dropped, and
stores it under NAME, over the value that NAME may have. A flow gets that text,
digits too. With --json the input is JSON, and a flow gets what it says. An empty
string is refused as text, because it is what a variable that is not set gives; with
--json "" sets one.`,
		Args: nameArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := prefect.CheckName(args[0]); err != nil {
				return err
			}
			if skip, err := c.skipWrite(); skip {
				return err
			}
			value, err := c.readValue(isJSON)
			if err != nil {
				return err
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				if err := conn.Client.SetSecret(ctx, args[0], value); err != nil {
					return exit.Store(err)
				}
				_, err := fmt.Fprintf(c.Stdout, "set %s\n", report.Safe(args[0]))
				return err
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	cmd.Flags().BoolVar(&isJSON, "json", false, "the input is JSON")
	return cmd
}

func (c *Command) delete() *cobra.Command {
	var o connect.Options
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete one secret",
		Args:  oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := prefect.CheckName(args[0]); err != nil {
				return err
			}
			if skip, err := c.skipWrite(); skip {
				return err
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				said, err := deleteSecret(ctx, conn.Client, args[0])
				if err != nil {
					return exit.Store(err)
				}
				_, err = fmt.Fprintln(c.Stdout, said)
				return err
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	return cmd
}

// deleteNamed says what became of one name. A store that does not say whether
// anything changed is asked for its names first.
func deleteSecret(ctx context.Context, client *prefect.Client, name string) (string, error) {
	names, err := client.ListSecrets(ctx)
	if err != nil {
		return "", err
	}
	results, err := client.DeleteSecrets(ctx, []string{name})
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		return "", fmt.Errorf("deleting secret %q: %w", name, err)
	}
	listed := slices.Contains(names, name)
	if results[0].Changed && listed {
		return "deleted " + report.Safe(name), nil
	}
	said := report.Safe(name) + " was not there: nothing was deleted"
	if question := nearest.Question(name, names, report.Safe); question != "" && !listed {
		said += "; " + question
	}
	return said, nil
}
