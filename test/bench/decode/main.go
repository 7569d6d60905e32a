// Command decode reads every TOML file it is given with BurntSushi's decoder and does nothing else: what check is measured against.
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
