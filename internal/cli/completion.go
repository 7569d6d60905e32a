package cli

import (
	"github.com/spf13/cobra"
)

// shells are the shells that completion writes a script for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (c *Command) completion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script that completes commands, flags and values in a shell",
		Long: `Completion prints a script for bash, zsh, fish or powershell. With it the Tab key
completes commands, flags, files and values: tenants and environments of the
manifest, rules, releases of Prefect, and for delete and set the names in the store,
if the environment has its URL and a key.`,
		Example: `# bash, for this shell; put the line into ~/.bashrc for every one
source <(prefect-secrets completion bash)

# zsh, after "autoload -U compinit; compinit"
prefect-secrets completion zsh > "${fpath[1]}/_prefect-secrets"

# fish
prefect-secrets completion fish | source`,
		Args:      oneArg("SHELL"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(c.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(c.Stdout)
			case "fish":
				return root.GenFishCompletion(c.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(c.Stdout)
			}
			return usagef("unknown shell: use %s", orList(shells))
		},
	}
}
