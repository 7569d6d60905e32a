package cli

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/server"
)

// servedStore is the store of serve. The command closes it at its end.
type servedStore struct {
	cloud.Store
	// routes returns handlers that the store needs in addition to the API; nil for none.
	routes func(s *server.Server) map[string]http.Handler
	// parallel is how many writes of one document the store accepts at once.
	parallel int
}

// storeKind is a kind of store that serve can keep secrets in.
type storeKind struct {
	name  string         // the beginning of --store
	usage string         // all of --store, as a user writes it
	flags *pflag.FlagSet // of this kind alone
	open  func(ctx context.Context, store string, log *slog.Logger) (*servedStore, error)
}

// title is the heading of the flags in --help.
func (k storeKind) title() string { return "With --store " + k.usage }

// storeKinds returns one of each kind, with flags that are not parsed yet.
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

// storeUsage lists the values of --store.
func storeUsage(kinds []storeKind) string {
	var all []string
	for _, kind := range kinds {
		all = append(all, kind.usage)
	}
	return orList(all)
}

// kindOf returns the kind that --store names. Only kinds with a colon in their usage
// accept one in --store.
func kindOf(kinds []storeKind, store string) (storeKind, bool) {
	name, _, colon := strings.Cut(store, ":")
	for _, kind := range kinds {
		if kind.name == name && (!colon || strings.Contains(kind.usage, ":")) {
			return kind, true
		}
	}
	return storeKind{}, false
}

// checkStoreFlags returns an error for a flag of another kind than the named one.
func checkStoreFlags(flags *pflag.FlagSet, kinds []storeKind, store string) (err error) {
	named, ok := kindOf(kinds, store)
	if !ok {
		return nil
	}
	flags.Visit(func(f *pflag.Flag) {
		for _, kind := range kinds {
			if kind.name != named.name && kind.flags.Lookup(f.Name) != nil {
				err = usagef("--%s is for --store %s: leave it out, or name that store", f.Name, kind.usage)
			}
		}
	})
	return err
}

// openStore opens the store that --store names.
func (o serveOptions) openStore(ctx context.Context, log *slog.Logger) (*servedStore, error) {
	kind, ok := kindOf(o.stores, o.store)
	if !ok {
		return nil, unknownStore(o.stores, o.store)
	}
	return kind.open(ctx, o.store, log)
}

func isStore(stores []storeKind, text string) bool {
	_, ok := kindOf(stores, text)
	return ok
}

func unknownStore(stores []storeKind, text string) error {
	return usagef("--store: %q is not a store: use %s", text, storeUsage(stores))
}
