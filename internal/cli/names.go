package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func (c *Command) names() *cobra.Command {
	var o connectOptions
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
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connection) error {
				names, err := conn.client.SecretNames(ctx)
				if err != nil {
					return storeError(err)
				}
				return write(c.Stdout, names)
			})
		},
	}
	o.register(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

func unknownFormat(format string) error {
	return fmt.Errorf("--format: unknown format %q: it is text or json", format)
}

// withStore runs one command against the store that o means, within its timeout.
func (c *Command) withStore(ctx context.Context, o connectOptions, run func(context.Context, *connection) error) error {
	manifest, err := readManifest("", c.showOnStderr)
	if err != nil {
		return err
	}
	conn, err := c.connect(o, manifest.APIURL)
	if err != nil {
		return err
	}
	if conn.url == embedded {
		return errors.New("the embedded store begins empty and ends with this process: give the URL of a store, or embedded:PATH to keep it in a file")
	}
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	if err := conn.choose(ctx, o.tenants); err != nil {
		return err
	}
	return run(ctx, conn)
}

func (c *Command) set() *cobra.Command {
	var o connectOptions
	var isJSON bool
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Set one secret to the value on standard input",
		Long: `Set reads the value from standard input as text, one final newline dropped, and
stores it under NAME, over the value that NAME may have. A flow gets that text,
digits too. With --json the input is JSON, and a flow gets what it says.`,
		Args: one("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := prefect.CheckName(args[0]); err != nil {
				return err
			}
			value, err := c.readValue(isJSON)
			if err != nil {
				return err
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connection) error {
				if err := conn.client.SetSecret(ctx, args[0], value); err != nil {
					return storeError(err)
				}
				_, err := fmt.Fprintf(c.Stdout, "set %s\n", report.Safe(args[0]))
				return err
			})
		},
	}
	o.register(cmd.Flags())
	cmd.Flags().BoolVar(&isJSON, "json", false, "the input is JSON")
	return cmd
}

// maxValue is the most that one secret may hold, in bytes, with room for
// escapes; the store itself refuses more than 64 KiB.
const maxValue = 1 << 20

func (c *Command) readValue(isJSON bool) (prefect.Value, error) {
	data, err := io.ReadAll(io.LimitReader(c.Stdin, maxValue+1))
	switch {
	case err != nil:
		return prefect.Value{}, fmt.Errorf("reading the value: %w", err)
	case len(data) > maxValue:
		return prefect.Value{}, fmt.Errorf("the value on standard input has more than %d bytes", maxValue)
	case len(data) == 0:
		return prefect.Value{}, errors.New("no value on standard input: pipe it in, as in printf %s \"$VALUE\" | prefect-secrets set NAME")
	case !utf8.Valid(data):
		return prefect.Value{}, errors.New("the value on standard input is not UTF-8: encode it, with base64 for example")
	case !isJSON:
		text := strings.TrimSuffix(string(data), "\n")
		return secretsync.FormatString.Value(strings.TrimSuffix(text, "\r"))
	}
	value, err := secretsync.FormatJSON.Value(string(data))
	if err != nil {
		return prefect.Value{}, fmt.Errorf("standard input: %w", err)
	}
	return value, nil
}

func (c *Command) delete() *cobra.Command {
	var o connectOptions
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete one secret",
		Args:  one("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := prefect.CheckName(args[0]); err != nil {
				return err
			}
			return c.withStore(cmd.Context(), o, func(ctx context.Context, conn *connection) error {
				if err := conn.client.DeleteSecret(ctx, args[0]); err != nil {
					return storeError(err)
				}
				_, err := fmt.Fprintf(c.Stdout, "deleted %s\n", report.Safe(args[0]))
				return err
			})
		},
	}
	o.register(cmd.Flags())
	return cmd
}
