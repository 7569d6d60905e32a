// Command print prints the blocks that a suite runs, for suites that are scripts.
package main

import (
	"fmt"
	"os"

	"github.com/prefect-secrets/prefect-secrets/test/docs/blocks"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: print SUITE, in the root of the repository")
		os.Exit(2)
	}
	found, err := blocks.For(".", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, block := range found {
		fmt.Printf("# %s\n%s\n", block, block.Text)
	}
}
