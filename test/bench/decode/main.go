// Command decode decodes TOML files with BurntSushi's decoder and does nothing else.
// The benchmarks compare check with it.
package main

import (
	"fmt"
	"os"

	"github.com/BurntSushi/toml"
)

func main() {
	for _, name := range os.Args[1:] {
		var document map[string]any
		if _, err := toml.DecodeFile(name, &document); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
