package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// servedStore is what serve keeps secrets in, with the handlers that it has beside
// the API. The command closes it at its end.
type servedStore struct {
	cloud.Store
	routes func(s *server.Server) map[string]http.Handler
	// parallel is how many writes of one document the store takes at once.
	parallel int
}

// checkStoreFlags refuses flags of a store that is not the one named: whoever gives them
// means another.
func checkStoreFlags(flags *pflag.FlagSet, store string) (err error) {
	kind, _, _ := strings.Cut(store, ":")
	flags.Visit(func(f *pflag.Flag) {
		switch {
		case strings.HasPrefix(f.Name, "vault-") && (kind == "memory" || kind == "file"):
			err = fmt.Errorf("--%s is of --store vault: leave it out, or name that store", f.Name)
		case f.Name == "store-key-file" && (kind == "memory" || kind == "vault"):
			err = fmt.Errorf("--%s is of --store file:PATH: leave it out, or name that store", f.Name)
		}
	})
	return err
}

// servedStore opens the store that --store names.
func (c *Command) servedStore(ctx context.Context, o serveOptions, log *slog.Logger) (*servedStore, error) {
	switch kind, _, _ := strings.Cut(o.store, ":"); {
	case o.store == "memory":
		return &servedStore{Store: cloud.NewMemory(time.Now)}, nil
	case kind == "file":
		return c.servedFile(o)
	case o.store == "vault":
		return c.servedVault(ctx, o, log)
	}
	return nil, fmt.Errorf("--store: %q is no store: use memory, file:PATH or vault", o.store)
}

func (c *Command) servedFile(o serveOptions) (*servedStore, error) {
	path, err := filePath(o.store)
	if err != nil {
		return nil, err
	}
	store, err := c.openFile(path, o.file)
	if err != nil {
		return nil, err
	}
	return &servedStore{Store: store, routes: func(s *server.Server) map[string]http.Handler {
		return map[string]http.Handler{filestore.BackupPath: store.BackupHandler(s.AllowsBackup)}
	}}, nil
}

func (c *Command) servedVault(ctx context.Context, o serveOptions, log *slog.Logger) (*servedStore, error) {
	store, err := c.openVault(ctx, o.vault, log)
	if err != nil {
		return nil, err
	}
	c.atEnd = append(c.atEnd, store.Close)
	return &servedStore{Store: store, parallel: vault.Concurrency}, nil
}
