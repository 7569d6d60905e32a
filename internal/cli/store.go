package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// openedStore is what serve keeps secrets in.
type openedStore struct {
	cloud.Store
	close func() error
}

// openStore opens the store that --store names.
func (c *Command) openStore(_ context.Context, o serveOptions) (*openedStore, error) {
	kind, path, _ := strings.Cut(o.store, ":")
	switch {
	case o.store == "memory":
		return &openedStore{cloud.NewMemory(time.Now), func() error { return nil }}, nil
	case o.store == "":
		return nil, fmt.Errorf("--store: say where secrets are kept: memory, file:PATH or vault")
	}
	_, _ = kind, path
	return nil, fmt.Errorf("--store: %q is no store: use memory, file:PATH or vault", kind)
}
