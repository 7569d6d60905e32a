package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/connect"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// tenant is one to plan for: as reports name it, and its id. Both are empty for the
// key's own, until the store says which that is.
type tenant struct{ label, id string }

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// tenantsOf finds the tenants that are wanted by slug or id, each once. The API is
// asked only for a slug.
func tenantsOf(ctx context.Context, conn *connect.Connection, store *secretsync.Store, wanted []string) ([]tenant, error) {
	if len(wanted) == 0 {
		return []tenant{{}}, nil
	}
	if conn.AddTenants != nil {
		if err := conn.AddTenants(wanted); err != nil {
			return nil, err
		}
	}
	var known []prefect.Tenant
	if slices.ContainsFunc(wanted, func(name string) bool { return !uuid.MatchString(name) }) {
		var err error
		if known, err = store.Tenants(ctx); err != nil {
			return nil, exit.Store(err)
		}
	}
	var found []tenant
	for _, name := range wanted {
		id, err := tenantID(known, name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(t tenant) bool { return t.id == id }) {
			found = append(found, tenant{name, id})
		}
	}
	return found, nil
}

// choose makes the connection one to the tenant that is wanted, if one is.
func choose(ctx context.Context, conn *connect.Connection, wanted []string) error {
	if len(wanted) > 1 {
		return errors.New("--tenant: this command is about one tenant")
	}
	found, err := tenantsOf(ctx, conn, secretsync.NewStore(conn.Client), wanted)
	if err != nil {
		return err
	}
	conn.Client, err = conn.Client.ForTenant(found[0].id)
	return err
}

func tenantID(known []prefect.Tenant, name string) (string, error) {
	if uuid.MatchString(name) {
		return strings.ToLower(name), nil
	}
	slugs := make([]string, len(known))
	for i, t := range known {
		if slugs[i] = t.Slug; t.Slug == name {
			return t.ID, nil
		}
	}
	hint := "it may use " + strings.Join(slugs, ", ")
	if near := nearest.Of(name, slugs); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	} else if len(slugs) == 0 {
		hint = "it may use none"
	}
	return "", fmt.Errorf("the key may use no tenant with the slug %q: %s", name, hint)
}
