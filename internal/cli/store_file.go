package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// fileFlags say where the key of a file store is.
type fileFlags struct{ keyFile string }

func (f *fileFlags) register(flags *pflag.FlagSet) { storeKeyFlag(flags, &f.keyFile) }

func storeKeyFlag(flags *pflag.FlagSet, file *string) {
	flags.StringVar(file, "store-key-file", "", "a file, mode 0600, that holds the key of a file store (default: "+connect.StoreKeyVariable+")")
}

// fileStore is the kind of store that is one encrypted file.
func (c *Command) fileStore() storeKind {
	var f fileFlags
	kind := storeKind{name: "file", usage: "file:PATH", flags: &pflag.FlagSet{}}
	f.register(kind.flags)
	kind.open = func(_ context.Context, store string, _ *slog.Logger) (*servedStore, error) {
		path, err := filePath(store)
		if err != nil {
			return nil, err
		}
		opened, err := c.openFile(path, f)
		if err != nil {
			return nil, err
		}
		return &servedStore{Store: opened, routes: func(s *server.Server) map[string]http.Handler {
			return map[string]http.Handler{filestore.BackupPath: opened.BackupHandler(s.AllowsBackup)}
		}}, nil
	}
	return kind
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
	c.closers = append(c.closers, store.Close)
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
