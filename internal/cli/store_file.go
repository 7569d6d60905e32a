package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// storeKeyVariable holds the key of a file store where --store-key-file is not
// given.
const storeKeyVariable = "PREFECT_SECRETS_STORE_KEY"

// fileFlags say where the key of a file store is.
type fileFlags struct{ keyFile string }

func (f *fileFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.keyFile, "store-key-file", "", "a file, mode 0600, that holds the key of a file store (default: "+storeKeyVariable+")")
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

// storeKey reads the key; no error holds any of its text.
func (c *Command) storeKey(f fileFlags) (filestore.Key, error) {
	if f.keyFile != "" {
		key, err := filestore.ReadKeyFile(f.keyFile)
		if err != nil {
			err = fmt.Errorf("--store-key-file: %w", err)
		}
		return key, err
	}
	text := c.getenv(storeKeyVariable)
	if strings.TrimSpace(text) == "" {
		return filestore.Key{}, errors.New("no key for the file store: give --store-key-file, or set " + storeKeyVariable + "; prefect-secrets keygen --store-key makes one")
	}
	key, err := filestore.ParseKey(text)
	if err != nil {
		err = fmt.Errorf("%s: %w", storeKeyVariable, err)
	}
	return key, err
}

// filePath is the path of a --store that must be a file.
func filePath(store string) (string, error) {
	path, ok := strings.CutPrefix(store, "file:")
	if !ok || path == "" {
		return "", fmt.Errorf("--store: %q is no file store: write file:PATH", store)
	}
	return path, nil
}
