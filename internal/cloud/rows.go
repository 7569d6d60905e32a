package cloud

import (
	"cmp"
	"context"
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

var rowFields = map[string]graphql.Resolver{
	"name":       graphql.On(func(r secretRow) any { return r.name }),
	"updated":    known(func(i *Info) any { return i.Updated.UTC().Format(time.RFC3339Nano) }),
	"updated_by": known(func(i *Info) any { return i.Writer }),
	"version":    known(func(i *Info) any { return i.Version }),
}

func known(f func(*Info) any) graphql.Resolver {
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

// secretRows asks the store for more than names only if more is selected, and
// only for the names that the filter and the page leave.
func secretRows(ctx context.Context, s *session, f *graphql.Field) (any, error) {
	names, err := s.names(ctx, f)
	if err != nil {
		return nil, err
	}
	column := map[string]func(string) string{"name": func(n string) string { return n }}
	names = selectRows(names, f.Args, []string{"name"}, column)
	if names, err = page(names, f.Args); err != nil {
		return nil, err
	}
	var infos map[string]Info
	if f.Selects("updated") || f.Selects("updated_by") || f.Selects("version") {
		if infos, err = s.api.config.Store.Info(ctx, s.tenant.ID, names...); err != nil {
			return nil, s.failed(f, err)
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

var tenantColumns = map[string]func(Tenant) string{
	"id":   func(t Tenant) string { return t.ID },
	"slug": func(t Tenant) string { return t.Slug },
	"name": func(t Tenant) string { return t.Name },
}

func tenantRows(_ context.Context, s *session, f *graphql.Field) (any, error) {
	tenants := selectRows(slices.Clone(s.key.tenants), f.Args, []string{"id", "slug", "name"}, tenantColumns)
	rows := make([]any, len(tenants))
	for i, t := range tenants {
		rows[i] = t
	}
	return rows, nil
}

// selectRows applies where and order_by in place, as Hasura's documentation
// describes them for text columns.
func selectRows[R any](rows []R, args map[string]any, columns []string, column map[string]func(R) string) []R {
	where, _ := args["where"].(map[string]any)
	rows = slices.DeleteFunc(rows, func(r R) bool {
		for name, comparison := range where {
			if c, ok := comparison.(map[string]any); ok && !holds(c, column[name](r)) {
				return true
			}
		}
		return false
	})
	orders, _ := args["order_by"].([]any)
	slices.SortStableFunc(rows, func(a, b R) int {
		for _, order := range orders {
			for _, name := range columns {
				direction, _ := order.(map[string]any)[name].(string)
				if d := direct(direction, cmp.Compare(column[name](a), column[name](b))); d != 0 {
					return d
				}
			}
		}
		return 0
	})
	return rows
}

func direct(direction string, comparison int) int {
	switch {
	case direction == "":
		return 0
	case strings.HasPrefix(direction, "desc"):
		return -comparison
	}
	return comparison
}

// holds evaluates a comparison expression. An operand of null filters nothing.
func holds(comparison map[string]any, value string) bool {
	for operator, operand := range comparison {
		if operand == nil {
			continue
		}
		negated := operator == "_neq" || operator == "_nin"
		list, ok := operand.([]any)
		if !ok {
			list = []any{operand}
		}
		if slices.Contains(list, any(value)) == negated {
			return false
		}
	}
	return true
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
