package cloud

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// secretRow is the source of a secret. Info is nil if no field of it is selected, or
// if the secret was deleted after its name was listed.
type secretRow struct {
	name string
	info *Info
}

// secretFields resolve the fields of a secret.
var secretFields = map[string]graphql.Resolver{
	"name":       graphql.On(func(r secretRow) any { return r.name }),
	"updated":    infoField(func(i *Info) any { return i.Updated.UTC().Format(time.RFC3339Nano) }),
	"updated_by": infoField(func(i *Info) any { return i.Writer }),
	"version":    infoField(func(i *Info) any { return i.Version }),
}

// infoField returns a resolver that is null for a row without Info.
func infoField(f func(*Info) any) graphql.Resolver {
	return graphql.On(func(r secretRow) any {
		if r.info == nil {
			return nil
		}
		return f(r.info)
	})
}

// tenantFields resolve the fields of a tenant.
var tenantFields = map[string]graphql.Resolver{
	"id":   graphql.On(func(t Tenant) any { return t.ID }),
	"slug": graphql.On(func(t Tenant) any { return t.Slug }),
	"name": graphql.On(func(t Tenant) any { return t.Name }),
}

// secretColumns and tenantColumns are what where and order_by can name.
var (
	secretColumns = columns[string]{{"name", func(name string) string { return name }}}
	tenantColumns = columns[Tenant]{
		{"id", func(t Tenant) string { return t.ID }},
		{"slug", func(t Tenant) string { return t.Slug }},
		{"name", func(t Tenant) string { return t.Name }},
	}
)

// secretRows resolves the field secret. It asks the store for more than names only
// if more is selected, and only for the rows that where, limit and offset leave.
func secretRows(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	if err := checkColumns(f); err != nil {
		return nil, err
	}
	names, err := s.names(ctx, f)
	if err != nil {
		return nil, err
	}
	names, err = selectRows(ctx, &s.budget, slices.Clone(names), f, secretColumns)
	if err != nil {
		return nil, err
	}
	if names, err = page(names, f); err != nil {
		return nil, err
	}
	s.budget.spendNames(names, len(f.Fields))
	if err := s.Grow(len(names) * rowSize); err != nil {
		return nil, errAPI
	}
	infos, err := s.infos(ctx, f, names)
	if err != nil {
		return nil, err
	}
	rows := make([]any, len(names))
	for i, name := range names {
		row := secretRow{name: name}
		if info, ok := infos[name]; ok {
			row.info = &info
		}
		rows[i] = row
	}
	return rows, nil
}

// infos returns what the store knows about names, or nil if f selects none of that.
func (s *session) infos(ctx context.Context, f *graphql.Field, names []string) (map[string]Info, error) {
	if !f.Selects("updated") && !f.Selects("updated_by") && !f.Selects("version") {
		return nil, nil
	}
	s.budget.rows += len(names) * rowsPerInfo
	infos, err := s.api.config.Store.Info(ctx, s.tenant.ID, names...)
	if err != nil {
		return nil, s.storeError(f, err)
	}
	return infos, nil
}

// tenantRows resolves the field tenant: those of the key's tenants that where allows.
func tenantRows(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	if err := errors.Join(checkColumns(f), s.budget.check()); err != nil {
		return nil, err
	}
	tenants, err := selectRows(ctx, &s.budget, slices.Clone(s.key.tenants), f, tenantColumns)
	if err != nil {
		return nil, err
	}
	s.budget.rows += len(tenants) * len(f.Fields)
	rows := make([]any, len(tenants))
	for i, t := range tenants {
		rows[i] = t
	}
	return rows, nil
}
