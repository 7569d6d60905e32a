package cloud

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// secretRow is the source of a secret; info is nil if it was not asked for, or
// if the secret was deleted meanwhile.
type secretRow struct {
	name string
	info *Info
}

var secretFields = map[string]graphql.Resolver{
	"name":       graphql.On(func(r secretRow) any { return r.name }),
	"updated":    infoField(func(i *Info) any { return i.Updated.UTC().Format(time.RFC3339Nano) }),
	"updated_by": infoField(func(i *Info) any { return i.Writer }),
	"version":    infoField(func(i *Info) any { return i.Version }),
}

func infoField(f func(*Info) any) graphql.Resolver {
	return graphql.On(func(r secretRow) any {
		if r.info == nil {
			return nil
		}
		return f(r.info)
	})
}

var tenantFields = map[string]graphql.Resolver{
	"id":   graphql.On(func(t Tenant) any { return t.ID }),
	"slug": graphql.On(func(t Tenant) any { return t.Slug }),
	"name": graphql.On(func(t Tenant) any { return t.Name }),
}

var secretColumns = columns[string]{"name": func(n string) string { return n }}

// secretRows asks the store for more than names only if more is selected, and
// only for the names that the filter and the page leave.
func secretRows(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	if err := checkColumns(f); err != nil {
		return nil, err
	}
	names, err := s.names(ctx, f)
	if err != nil {
		return nil, err
	}
	names, err = selectRows(ctx, &s.budget, slices.Clone(names), f.Args, []string{"name"}, secretColumns)
	if err != nil {
		return nil, err
	}
	if names, err = page(names, f.Args); err != nil {
		return nil, err
	}
	s.budget.spendNames(names, len(f.Fields))
	if err := s.Grow(len(names) * sizeOfRow); err != nil {
		return nil, errAPI
	}
	var infos map[string]Info
	if f.Selects("updated") || f.Selects("updated_by") || f.Selects("version") {
		s.budget.rows += len(names) * rowsOfInfo
		if infos, err = s.api.config.Store.Info(ctx, s.tenant.ID, names...); err != nil {
			return nil, s.storeError(f, err)
		}
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

var tenantColumns = columns[Tenant]{
	"id":   func(t Tenant) string { return t.ID },
	"slug": func(t Tenant) string { return t.Slug },
	"name": func(t Tenant) string { return t.Name },
}

func tenantRows(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	if err := errors.Join(checkColumns(f), s.budget.check()); err != nil {
		return nil, err
	}
	tenants, err := selectRows(ctx, &s.budget, slices.Clone(s.key.tenants), f.Args, []string{"id", "slug", "name"}, tenantColumns)
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

// selectRows applies where and order_by in place, as Hasura's documentation
// describes them for text columns, and spends what they cost. Rows that order_by
// leaves equal stay in order.
func selectRows[R any](ctx context.Context, b *budget, rows []R, args map[string]any, names []string, by columns[R]) ([]R, error) {
	f := filter[R]{columns: by}
	wanted, err := f.where(args["where"])
	if err != nil {
		return nil, err
	}
	b.rows += len(rows)*(1+f.conditions) + f.length/bytesOfRow
	if wanted != nil {
		rows = slices.DeleteFunc(rows, func(r R) bool { return ctx.Err() == nil && !wanted(r) })
	}
	if orders, _ := args["order_by"].([]any); len(orders) > 0 {
		slices.SortStableFunc(rows, orderBy(orders, names, by))
	}
	return rows, ctx.Err()
}

// sorting compares rows by each order in turn.
func orderBy[R any](orders []any, names []string, by columns[R]) func(a, b R) int {
	type key struct {
		column     func(R) string
		descending bool
	}
	var keys []key
	seen := map[string]bool{}
	for _, order := range orders {
		for _, name := range names {
			if direction, _ := order.(map[string]any)[name].(string); direction != "" && !seen[name] {
				seen[name] = true
				keys = append(keys, key{by[name], strings.HasPrefix(direction, "desc")})
			}
		}
	}
	return func(a, b R) int {
		for _, k := range keys {
			if d := cmp.Compare(k.column(a), k.column(b)); d != 0 {
				if k.descending {
					return -d
				}
				return d
			}
		}
		return 0
	}
}

// page cuts rows to limit and offset.
func page(rows []string, args map[string]any) ([]string, error) {
	limit, limited := args["limit"].(int)
	offset, _ := args["offset"].(int)
	if limit < 0 || offset < 0 {
		return nil, badInput("limit and offset must not be negative")
	}
	rows = rows[min(offset, len(rows)):]
	if limited {
		rows = rows[:min(limit, len(rows))]
	}
	return rows, nil
}
