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
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// servedStore is what serve keeps secrets in, with the handlers that it has beside
// the API. The command closes it at its end.
type servedStore struct {
	cloud.Store
	routes func(s *server.Server) map[string]http.Handler
	// parallel is how many writes of one document the store takes at once.
	parallel int
}

// storeKind is a kind of store that serve can keep secrets in.
type storeKind struct {
	name  string // what --store begins with
	usage string // the whole of --store, as a user writes it
	flags *pflag.FlagSet
	open  func(ctx context.Context, store string, log *slog.Logger) (*servedStore, error)
}

// storeKinds makes one of each kind, with flags that are not parsed yet.
func (c *Command) storeKinds() []storeKind {
	return []storeKind{memoryStore(), c.fileStore(), c.vaultStore()}
}

func memoryStore() storeKind {
	return storeKind{
		name: "memory", usage: "memory", flags: &pflag.FlagSet{},
		open: func(context.Context, string, *slog.Logger) (*servedStore, error) {
			return &servedStore{Store: cloud.NewMemory(time.Now)}, nil
		},
	}
}

// storeUsage lists what --store takes.
func storeUsage(kinds []storeKind) string {
	var all []string
	for _, kind := range kinds {
		all = append(all, kind.usage)
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}

// kindOf finds the kind that --store names. What follows a colon is for the kinds
// whose usage has one.
func kindOf(kinds []storeKind, store string) (storeKind, bool) {
	name, _, colon := strings.Cut(store, ":")
	for _, kind := range kinds {
		if kind.name == name && (!colon || strings.Contains(kind.usage, ":")) {
			return kind, true
		}
	}
	return storeKind{}, false
}

// checkStoreFlags refuses flags of a store that is not the one named: whoever gives them
// means another.
func checkStoreFlags(flags *pflag.FlagSet, kinds []storeKind, store string) (err error) {
	named, ok := kindOf(kinds, store)
	if !ok {
		return nil
	}
	flags.Visit(func(f *pflag.Flag) {
		for _, kind := range kinds {
			if kind.name != named.name && kind.flags.Lookup(f.Name) != nil {
				err = fmt.Errorf("--%s is of --store %s: leave it out, or name that store", f.Name, kind.usage)
			}
		}
	})
	return err
}

// openStore opens the store that --store names.
func (o serveOptions) openStore(ctx context.Context, log *slog.Logger) (*servedStore, error) {
	kind, ok := kindOf(o.stores, o.store)
	if !ok {
		return nil, fmt.Errorf("--store: %q is no store: use %s", o.store, storeUsage(o.stores))
	}
	return kind.open(ctx, o.store, log)
}
