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

// fileFlags are the flags of a file store.
type fileFlags struct{ keyFile string }

func storeKeyFlag(s flagSection, file *string) {
	s.text(file, "store-key-file", "FILE", "", "file, mode 0600, with the key of a file store (default: "+connect.StoreKeyVariable+")")
}

// fileStore returns the kind of store that is one encrypted file.
func (c *Command) fileStore() storeKind {
	var f fileFlags
	kind := storeKind{name: "file", usage: "file:PATH", flags: &pflag.FlagSet{}}
	storeKeyFlag(section(kind.flags, kind.title()), &f.keyFile)
	kind.open = func(_ context.Context, store string, _ *slog.Logger) (*servedStore, error) {
		path, err := filePath(store)
		if err != nil {
			return nil, err
		}
		fileStore, err := c.openFileStore(filestore.Config{Path: path, Now: time.Now}, f)
		if err != nil {
			return nil, err
		}
		return &servedStore{Store: fileStore, parallel: filestore.Concurrency, routes: func(s *server.Server) map[string]http.Handler {
			return map[string]http.Handler{filestore.BackupPath: fileStore.BackupHandler(s.AllowsBackup)}
		}}, nil
	}
	return kind
}

// openFileStore opens a file store with the key that f names. The command closes the
// store at its end.
func (c *Command) openFileStore(config filestore.Config, f fileFlags) (*filestore.Store, error) {
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

// filePath returns the path in a --store that must be a file store.
func filePath(store string) (string, error) {
	path, ok := strings.CutPrefix(store, "file:")
	if !ok || path == "" {
		return "", fmt.Errorf("--store: %q is not a file store: write file:PATH", store)
	}
	return path, nil
}
