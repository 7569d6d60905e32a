// Package cli is the command prefect-secrets: its commands and flags. Nearly every
// other package is imported here.
//
// What the command writes follows these rules:
//
//   - The result, with a plan's warnings and notes, goes to standard output. Errors and
//     progress go to standard error. So does all other text if the result is a document,
//     as with --format json.
//   - Each line of an error begins with "prefect-secrets: ", has no capital and no
//     full stop, and names the flag or the file, then the problem, then what to do.
//     After an error of usage a line names the command's --help.
//   - Text that others chose passes through [report.Safe]. No value of a secret is
//     written, except by config.
//   - The exit code of an error is 2, for usage or input, unless the error is the
//     store's or an [exit.Error]. [exit.Codes] lists the codes.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
)

// Command is the command with everything that it takes from its process.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            []string            // as os.Environ returns it
	Interrupts     *interrupts.Signals // nil for none
	ChecksPage     string              // docs/checks.md, with a section for each rule

	keyboard *os.File       // standard input if it is a terminal, else nil
	color    string         // --color
	closers  []func() error // for what the command opened, called by Main
}

// Main runs the command and returns its exit code. Cancelling ctx stops it.
func (c *Command) Main(ctx context.Context, args []string) (code int) {
	defer func() {
		if e := panics.Of(recover()); e != nil {
			fmt.Fprintln(c.Stderr, "prefect-secrets:", e)
			code = exit.Partly
		}
	}()
	c.Interrupts.Tell(func(text string) { fmt.Fprintln(c.Stderr, "prefect-secrets:", text) })
	if file, ok := c.Stdin.(*os.File); ok && terminal.IsFile(file) {
		c.keyboard = file
	}
	if c.Stdin != nil {
		c.Stdin = interrupts.Reader(ctx, c.Stdin)
	}
	cmd, err := c.execute(ctx, args)
	err = errors.Join(err, c.close())
	c.writeError(err, cmd)
	return exit.CodeOf(err)
}

// execute runs the command that args name, and returns it, or the root if they name
// none.
func (c *Command) execute(ctx context.Context, args []string) (*cobra.Command, error) {
	root := c.root()
	c.color = colourIn(args)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, args, err) })
	if err := checkCommand(root, args); err != nil {
		return root, err
	}
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		completeFlags(root)
	}
	root.SetArgs(args)
	return root.ExecuteContextC(ctx)
}

// colourIn returns the --color in args, "" for none. Errors need it before the flags are
// parsed.
func colourIn(args []string) (colour string) {
	for i, arg := range args {
		value, ok := strings.CutPrefix(arg, "--color=")
		switch {
		case arg == "--":
			return colour
		case arg == "--color" && i+1 < len(args):
			value, ok = args[i+1], true
		}
		if ok && slices.Contains(terminal.Choices, value) {
			colour = value
		}
	}
	return colour
}

func (c *Command) writeError(err error, cmd *cobra.Command) {
	const head = "prefect-secrets:"
	out := c.errOut()
	for _, line := range strings.Split(exit.MessageOf(err), "\n") {
		if line != "" {
			text := terminal.Wrap(report.Safe(line), out.Width, len(head)+1, 2)
			fmt.Fprintln(c.Stderr, out.Style.BoldRed(head)+" "+text)
		}
	}
	if line := pointer(err, cmd); line != "" {
		fmt.Fprintln(c.Stderr, line)
	}
}

// out returns standard output for text, and errOut standard error.
func (c *Command) out() terminal.Output { return c.output(c.Stdout) }

func (c *Command) errOut() terminal.Output { return c.output(c.Stderr) }

func (c *Command) output(w io.Writer) terminal.Output {
	return terminal.NewOutput(w, terminal.When(c.color), c.getenv)
}

func (c *Command) close() error {
	var errs []error
	for _, closeOne := range c.closers {
		errs = append(errs, closeOne())
	}
	c.closers = nil
	return errors.Join(errs...)
}

// getenv looks up a variable in c.Env, where a later entry wins.
func (c *Command) getenv(name string) string {
	for i := len(c.Env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(c.Env[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// Commands may run side by side in one process, so what they share is set once.
func init() { cobra.EnableCommandSorting = false }

func (c *Command) root() *cobra.Command {
	var showVersion bool
	root := &cobra.Command{
		Use:           "prefect-secrets",
		Short:         "Sync Prefect's secrets from CI, check Prefect's configs, serve the secrets API",
		SilenceUsage:  true,
		SilenceErrors: true,
		Example: `prefect-secrets check config.toml
prefect-secrets plan --secrets-file secrets.json
prefect-secrets sync --secrets-file secrets.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if showVersion {
				return c.writeVersion("text")
			}
			return cmd.Help()
		},
	}
	root.Flags().BoolVarP(&showVersion, "version", "V", false, "print the version")
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetHelpFunc(c.showHelp)
	section(root.PersistentFlags(), generalTitle).choice(&c.color, "color", "WHEN", string(terminal.Auto), terminal.Choices, ": colour text")
	root.AddGroup(&cobra.Group{ID: "main", Title: "Commands"}, &cobra.Group{ID: "more", Title: "More commands"})
	for _, cmd := range []*cobra.Command{c.check(), c.plan(), c.sync(), c.serve()} {
		cmd.GroupID = "main"
		root.AddCommand(cmd)
	}
	help := helpCommand()
	root.SetHelpCommand(help)
	for _, cmd := range []*cobra.Command{
		c.config(), c.names(), c.set(), c.delete(), c.action(), c.init(), c.keygen(), c.backup(), c.restore(),
		c.version(), c.completion(), help,
	} {
		cmd.GroupID = "more"
		root.AddCommand(cmd)
	}
	return root
}

// writeJSON writes a document on one line.
func (c *Command) writeJSON(document any) error {
	enc := json.NewEncoder(c.Stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(document)
}

func (c *Command) action() *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run as the GitHub Action: inputs from INPUT_ variables",
		Args:  noArguments("the Action takes inputs, not arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return actions.Action{
				Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr,
				Env: c.Env, Getenv: c.getenv, Signals: c.Interrupts, Version: currentVersion(),
			}.Run(cmd.Context())
		},
	}
}
