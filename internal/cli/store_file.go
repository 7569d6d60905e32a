package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// fileFlags say where the key of a file store is.
type fileFlags struct{ keyFile string }

func (f *fileFlags) register(flags *pflag.FlagSet) { storeKeyFlag(flags, &f.keyFile) }

func storeKeyFlag(flags *pflag.FlagSet, file *string) {
	flags.StringVar(file, "store-key-file", "", "a file, mode 0600, that holds the key of a file store (default: "+connect.StoreKeyVariable+")")
}

// openFile opens the store in a file, or makes it. It is closed when the command
// ends, if nobody closes it before.
func (c *Command) openFile(path string, f fileFlags) (*filestore.Store, error) {
	return c.openStore(filestore.Config{Path: path, Now: time.Now}, f)
}

func (c *Command) openStore(config filestore.Config, f fileFlags) (*filestore.Store, error) {
	var err error
	if config.Key, err = c.storeKey(f); err != nil {
		return nil, err
	}
	store, err := filestore.Open(config)
	if err != nil {
		return nil, err
	}
	c.atEnd = append(c.atEnd, store.Close)
	return store, nil
}

func (c *Command) storeKey(f fileFlags) (filestore.Key, error) {
	return connect.StoreKey(f.keyFile, c.getenv)
}

// filePath is the path of a --store that must be a file.
func filePath(store string) (string, error) {
	path, ok := strings.CutPrefix(store, "file:")
	if !ok || path == "" {
		return "", fmt.Errorf("--store: %q is no file store: write file:PATH", store)
	}
	return path, nil
}
