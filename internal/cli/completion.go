package cli

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// shells are the shells that completion writes a script for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

// shellNames are the names of programs that are one of the shells.
var shellNames = map[string]string{"pwsh": "powershell", "ps": "powershell", "ps1": "powershell", "posh": "powershell", "sh": "bash"}

func (c *Command) completion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script that completes commands, flags and values in a shell",
		Long: `Completion prints a script for bash, zsh, fish or powershell. With it the Tab key
completes commands, flags, files and values: tenants and environments of the
manifest, rules, releases of Prefect, and for delete and set the names in the store,
if the environment has its URL and a key.`,
		Example: `# bash, for this shell; the line in ~/.bashrc is for every one; it needs the
# package bash-completion
source <(prefect-secrets completion bash)

# zsh, after "autoload -U compinit; compinit"
prefect-secrets completion zsh > "${fpath[1]}/_prefect-secrets"

# fish
prefect-secrets completion fish | source

# PowerShell
prefect-secrets completion powershell | Out-String | Invoke-Expression`,
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
			return usagef("unknown shell: %s", nearest.Hint(cmp.Or(shellNames[args[0]], args[0]), shells, "use "+orList(shells)))
		},
	}
}
