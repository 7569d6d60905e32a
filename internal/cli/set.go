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
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
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
sets one. On a terminal it asks for the value, and does not show what is typed.`,
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
			value, err := c.readValue(cmd.Context(), args[0], isJSON)
			if err != nil {
				return err
			}
			return c.withClient(cmd.Context(), o, func(ctx context.Context, conn *connect.Connection) error {
				err := conn.Ask(ctx, func() error { return conn.Client.SetSecret(ctx, args[0], value) })
				if err != nil {
					return unlessDone(ownKeyError(changing("setting", args[0], err), conn), "set")
				}
				_, err = fmt.Fprintf(c.Stdout, "set %s\n", report.Safe(args[0]))
				return err
			})
		},
	}
	connectFlags(cmd.Flags(), &o)
	environmentFlag(cmd.Flags(), &o)
	section(cmd.Flags(), "Value").toggle(&isJSON, "json", "read standard input as JSON")
	return cmd
}

// ownKeyError says which key a store refused to let write, and what it takes.
func ownKeyError(err error, conn *connect.Connection) error {
	if !errors.Is(err, prefect.ErrForbidden) {
		return err
	}
	return fmt.Errorf("%w; writing needs an admin key whose patterns have the name, and the key from %s is not one", err, conn.KeyFrom)
}

// changing returns the error of a change with the secret's name, which that of the
// client has already.
func changing(verb, name string, err error) error {
	prefix := fmt.Sprintf("%s secret %q: ", verb, name)
	if strings.HasPrefix(err.Error(), prefix) {
		return err
	}
	return fmt.Errorf("%s%w", prefix, err)
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
	if err := oneArg("NAME")(cmd, args); err != nil {
		return err
	}
	if strings.Contains(args[0], "=") {
		return usagef("give the name alone, without = and a value: the value comes from standard input")
	}
	return nil
}

// readInput returns the text of the value. On a terminal it asks for a line of it.
func (c *Command) readInput(ctx context.Context, name string) ([]byte, error) {
	if c.keyboard == nil {
		return io.ReadAll(io.LimitReader(c.Stdin, maxValue+1))
	}
	text, err := terminal.ReadSecret(ctx, c.keyboard, c.Stderr, "value of "+report.Safe(name)+" (not shown): ")
	if errors.Is(err, terminal.ErrInterrupted) {
		err = &exit.Error{Code: exit.Partly, Err: err}
	}
	return []byte(text), err
}

func (c *Command) readValue(ctx context.Context, name string, isJSON bool) (prefect.Value, error) {
	data, err := c.readInput(ctx, name)
	var ended *exit.Error
	switch {
	case errors.As(err, &ended):
		return prefect.Value{}, err
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
		return prefect.Value{}, fmt.Errorf("--json: %w", err)
	}
	return value, nil
}

// withoutNewline drops one newline at the end, as echo and editors write it.
func withoutNewline(text string) string {
	return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
}
