package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// one wants a single argument. No error quotes what was given, which may be a value
// in the wrong place.
func one(what string) cobra.PositionalArgs {
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
