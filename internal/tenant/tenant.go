// Package tenant finds the tenants that a run is for, and names them.
package tenant

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Tenant is a tenant as its user named it, by slug or id, and its id.
type Tenant struct{ Name, ID string }

var uuid = lazyregexp.New(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// Find returns the tenants with the given slugs or ids, each once. It calls list, for
// all the tenants that the key may use, only if one is given by its slug.
func Find(ctx context.Context, names []string, list func(context.Context) ([]prefect.Tenant, error)) ([]Tenant, error) {
	var all []prefect.Tenant
	if slices.ContainsFunc(names, func(name string) bool { return !uuid().MatchString(name) }) {
		var err error
		if all, err = list(ctx); err != nil {
			return nil, err
		}
	}
	var found []Tenant
	for _, name := range names {
		id, err := idOf(name, all)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(t Tenant) bool { return t.ID == id }) {
			found = append(found, Tenant{name, id})
		}
	}
	return found, nil
}

func idOf(name string, all []prefect.Tenant) (string, error) {
	if uuid().MatchString(name) {
		return strings.ToLower(name), nil
	}
	slugs := make([]string, len(all))
	for i, t := range all {
		if slugs[i] = t.Slug; t.Slug == name {
			return t.ID, nil
		}
	}
	mayUse := "it can use " + cmp.Or(strings.Join(slugs, ", "), "none")
	hint := cmp.Or(nearest.Question(name, slugs, strconv.Quote), mayUse)
	return "", fmt.Errorf("the key has no access to tenant %q: %s", name, hint)
}

// Label returns how a sentence names a tenant: by its slug or id. An empty name is the
// key's own tenant, if the store does not say which that is.
func Label(name string) string {
	if name == "" {
		return "the key's own tenant"
	}
	return "tenant " + name
}
