package cli

import (
	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/actions"
)

func (c *Command) action() *cobra.Command {
	return &cobra.Command{
		Use:   "action",
		Short: "Run as the GitHub Action: inputs from INPUT_ variables",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return actions.Action{
				Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr, Env: c.Env, Getenv: c.getenv, Signals: c.Interrupts, Version: currentVersion(),
			}.Run(cmd.Context())
		},
	}
}
