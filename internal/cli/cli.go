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
//   - Text that others chose passes through [report.Safe]. No value of a secret is
//     written, except by config.
//   - The exit code of an error is 2, for usage or input, unless the error is the
//     store's or an [exit.Error]. [exit.Codes] lists the codes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
	"github.com/prefect-secrets/prefect-secrets/internal/panics"
	"github.com/prefect-secrets/prefect-secrets/internal/report"
)

// Command is the command with everything that it takes from its process.
type Command struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            []string            // as os.Environ returns it
	Interrupts     *interrupts.Signals // nil for none
	ChecksPage     string              // docs/checks.md, with a section for each rule

	closers []func() error // for what the command opened, called by Main
}

// Main runs the command and returns its exit code. Cancelling ctx stops it.
func (c *Command) Main(ctx context.Context, args []string) (code int) {
	defer func() {
		if e := panics.Of(recover()); e != nil {
			fmt.Fprintln(c.Stderr, "prefect-secrets:", e)
			code = exit.Partly
		}
	}()
	if c.Stdin != nil {
		c.Stdin = interrupts.Reader(ctx, c.Stdin)
	}
	root := c.root()
	root.SetArgs(args)
	err := errors.Join(root.ExecuteContext(ctx), c.close())
	for _, line := range strings.Split(exit.MessageOf(err), "\n") {
		if line != "" {
			fmt.Fprintln(c.Stderr, "prefect-secrets: "+report.Safe(line))
		}
	}
	return exit.CodeOf(err)
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

func (c *Command) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "prefect-secrets",
		Short:         "Prefect's secrets: sync them from CI, check configs, serve the store",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddGroup(&cobra.Group{ID: "main", Title: "Commands:"}, &cobra.Group{ID: "more", Title: "More:"})
	root.SetHelpCommandGroupID("more")
	root.SetCompletionCommandGroupID("more")
	cobra.EnableCommandSorting = false
	for _, cmd := range []*cobra.Command{c.check(), c.plan(), c.sync(), c.serve()} {
		cmd.GroupID = "main"
		root.AddCommand(cmd)
	}
	for _, cmd := range []*cobra.Command{
		c.config(), c.names(), c.set(), c.delete(), c.action(), c.init(), c.keygen(), c.backup(), c.restore(), c.version(),
	} {
		cmd.GroupID = "more"
		root.AddCommand(cmd)
	}
	return root
}

// oneArg accepts one argument, which the errors call what. No error quotes the
// arguments: one of them may be a secret's value in the wrong place.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return fmt.Errorf("%s needs %s: write %s", cmd.Name(), what, cmd.UseLine())
		case 1:
			return nil
		}
		return fmt.Errorf("%s takes one %s, and got %d arguments: write %s", cmd.Name(), what, len(args), cmd.UseLine())
	}
}

// version is set by the linker in a release build.
var version = ""

func (c *Command) version() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(c.Stdout, "prefect-secrets", currentVersion())
			return err
		},
	}
}

// currentVersion returns the version of the release, or else the one that the Go
// toolchain recorded for the module.
func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func unknownFormat(format string) error {
	return fmt.Errorf("--format: unknown format %q: it is text or json", format)
}

func (c *Command) action() *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run as the GitHub Action: inputs from INPUT_ variables",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return actions.Action{
				Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr,
				Env: c.Env, Getenv: c.getenv, Signals: c.Interrupts, Version: currentVersion(),
			}.Run(cmd.Context())
		},
	}
}
