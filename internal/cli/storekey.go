package cli

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
)

// printStoreKey prints a key for the file store.
func (c *Command) printStoreKey() error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	_, err := fmt.Fprintln(c.Stdout, base64.StdEncoding.EncodeToString(key))
	return err
}
