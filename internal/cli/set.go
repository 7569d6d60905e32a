package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

func (c *Command) set() *cobra.Command {
	var o connect.Options
	var isJSON bool
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Set one secret to the value on standard input",
		Long: `Set reads the value from standard input, without a final newline, and stores it as
a string under NAME. It replaces the value that NAME may have. A flow gets a string
even if it consists of digits. With --json the input is JSON of any type. An empty
string is refused, because that is what an unset variable gives; --json with ""
sets one.`,
		Example: `printf %s "$TOKEN" | prefect-secrets set SLACK_TOKEN
prefect-secrets set DB --json < db.json`,
		Args:              nameArg,
		ValidArgsFunction: c.completeNames(&o),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := secretname.Check(args[0]); err != nil {
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
				err := conn.Ask(ctx, func() error { return conn.Client.SetSecret(ctx, args[0], value) })
				if err != nil {
					return unlessDone(err, "set")
				}
				_, err = fmt.Fprintf(c.Stdout, "set %s\n", report.Safe(args[0]))
				return err
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	section(cmd.Flags(), "Value").toggle(&isJSON, "json", "read standard input as JSON")
	return cmd
}

// unlessDone returns the error of a change, and says so if the change may have been made
// all the same.
func unlessDone(err error, done string) error {
	if !prefect.MayBeDone(err) {
		return err
	}
	return fmt.Errorf("%w; the secret may have been %s all the same", err, done)
}

// maxValue is the longest value that set reads, in bytes. It leaves room for escapes:
// the store itself refuses more than 64 KiB.
const maxValue = 1 << 20

// Errors about values that set refuses.
var (
	errNoValue    = errors.New(`no value on standard input: pipe it in, as in printf %s "$VALUE" | prefect-secrets set NAME`)
	errEmptyValue = errors.New(`the value on standard input is empty, which is what a variable that is not set gives; to set an empty string: printf '""' | prefect-secrets set NAME --json`)
	errNotUTF8    = errors.New("the value on standard input is not UTF-8: encode it, with base64 for example")
	errUTF16      = errors.New("the value on standard input is UTF-16, as PowerShell writes files: save it as UTF-8")
)

// nameArg accepts the name alone: a value as an argument would be in the process list.
func nameArg(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("give the name alone: the value comes from standard input, because every process sees a command line")
	}
	return oneArg("NAME")(cmd, args)
}

func (c *Command) readValue(isJSON bool) (prefect.Value, error) {
	data, err := io.ReadAll(io.LimitReader(c.Stdin, maxValue+1))
	switch {
	case err != nil:
		return prefect.Value{}, fmt.Errorf("reading the value: %w", err)
	case len(data) > maxValue:
		return prefect.Value{}, fmt.Errorf("the value on standard input has more than %d bytes", maxValue)
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		return prefect.Value{}, errUTF16
	case !utf8.Valid(data):
		return prefect.Value{}, errNotUTF8
	}
	text := strings.TrimPrefix(string(data), tomlpos.ByteOrderMark)
	switch {
	case text == "":
		return prefect.Value{}, errNoValue
	case isJSON:
		return jsonValue(text)
	}
	if text = withoutNewline(text); text == "" {
		return prefect.Value{}, errEmptyValue
	}
	return secretsync.FormatString.Value(text)
}

func jsonValue(text string) (prefect.Value, error) {
	value, err := secretsync.FormatJSON.Value(text)
	if err != nil {
		return prefect.Value{}, fmt.Errorf("standard input: %w", err)
	}
	return value, nil
}

// withoutNewline drops one newline at the end, as echo and editors write it.
func withoutNewline(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
}
