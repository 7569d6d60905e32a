package sync

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Account is what one key reaches. Only Store is required.
type Account struct {
	// Store is that of the key's own tenant.
	Store Store
	// Tenants lists the tenants that the key may use; nil if it may use its own alone.
	Tenants func(context.Context) ([]prefect.Tenant, error)
	// ForTenant is a tenant's store, by the tenant's id.
	ForTenant func(id string) (Store, error)
	// Requests is how many requests were sent, to all tenants; nil if nobody counts.
	Requests func() int64
	// AddTenants makes the tenants of those slugs that are missing, before they are
	// looked for; nil makes none.
	AddTenants func(slugs []string) error
}

// AccountOf is the account of a client that knows its key's tenants, as a
// [prefect.Client] does.
func AccountOf[S Store](client interface {
	Store
	ListTenants(context.Context) ([]prefect.Tenant, error)
	ForTenant(id string) (S, error)
	Requests() int64
}) Account {
	return Account{
		Store: client, Tenants: client.ListTenants, Requests: client.Requests,
		ForTenant: func(id string) (Store, error) { return client.ForTenant(id) },
	}
}

// Tenant is one to sync to: as reports name it, and its id. Both are empty for the
// key's own, until the store says which that is.
type Tenant struct{ Label, ID string }

// StoreError is what a store answered before anything was written.
type StoreError struct{ Err error }

func (e *StoreError) Error() string { return e.Err.Error() }

func (e *StoreError) Unwrap() error { return e.Err }

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// Find finds the tenants that are wanted by slug or id, each once; the key's own if
// none is. The store is asked only for a slug. The error is a [*StoreError] if it is
// the store's.
func (a Account) Find(ctx context.Context, wanted []string) ([]Tenant, error) {
	return a.find(ctx, wanted, new(pacer))
}

func (a Account) find(ctx context.Context, wanted []string, pace *pacer) ([]Tenant, error) {
	if len(wanted) == 0 {
		return []Tenant{{}}, nil
	}
	if a.ForTenant == nil {
		return nil, fmt.Errorf("this store has no tenants, and %s is wanted", quotedList(wanted))
	}
	if a.AddTenants != nil {
		if err := a.AddTenants(wanted); err != nil {
			return nil, err
		}
	}
	known, err := a.known(ctx, wanted, pace)
	if err != nil {
		return nil, &StoreError{err}
	}
	var found []Tenant
	for _, name := range wanted {
		id, err := tenantID(known, name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(t Tenant) bool { return t.ID == id }) {
			found = append(found, Tenant{name, id})
		}
	}
	return found, nil
}

// known are the key's tenants, if one is wanted by its slug.
func (a Account) known(ctx context.Context, wanted []string, pace *pacer) (known []prefect.Tenant, err error) {
	if a.Tenants == nil || !slices.ContainsFunc(wanted, func(name string) bool { return !uuid.MatchString(name) }) {
		return nil, nil
	}
	store := &paced{Store: a.Store, pacer: pace}
	err = store.ask(ctx, planAttempts, func() error {
		known, err = a.Tenants(ctx)
		return err
	})
	return known, err
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
	mayUse := "it may use " + cmp.Or(strings.Join(slugs, ", "), "none")
	hint := cmp.Or(nearest.Question(name, slugs, strconv.Quote), mayUse)
	return "", fmt.Errorf("the key may use no tenant with the slug %q: %s", name, hint)
}

// open is a tenant's store.
func (a Account) open(t Tenant) (Store, error) {
	if t.ID == "" || a.ForTenant == nil {
		return a.Store, nil
	}
	return a.ForTenant(t.ID)
}
