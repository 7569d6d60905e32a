package cloud

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// column reads one column of a row.
type column[R any] struct {
	name  string
	value func(R) string
}

// columns are all columns of a row.
type columns[R any] []column[R]

// named returns the column with that name, which the schema knows to exist.
func (cs columns[R]) named(name string) column[R] {
	return cs[slices.IndexFunc(cs, func(c column[R]) bool { return c.name == name })]
}

// selectRows applies where and order_by in place, as Hasura's documentation describes
// them for text columns, and spends what they cost. Rows that order_by does not
// distinguish keep their order.
func selectRows[R any](ctx context.Context, b *budget, rows []R, field *graphql.Field, cs columns[R]) ([]R, error) {
	f := filter[R]{columns: cs}
	matches, err := f.where(field.Arg("where"))
	if err != nil {
		return nil, err
	}
	b.rows += len(rows)*(1+f.conditions) + f.length/operandBytesPerRow
	if matches != nil {
		rows = slices.DeleteFunc(rows, func(r R) bool { return ctx.Err() == nil && !matches(r) })
	}
	if orders, _ := field.Arg("order_by").([]any); len(orders) > 0 {
		slices.SortStableFunc(rows, orderBy(orders, cs))
	}
	return rows, ctx.Err()
}

// orderBy returns a function that compares rows by each order in turn. If orders name
// a column again, only the first time counts.
func orderBy[R any](orders []any, cs columns[R]) func(a, b R) int {
	var compares []func(a, b R) int
	seen := map[string]bool{}
	for _, order := range orders {
		for _, c := range cs {
			direction, _ := order.(map[string]any)[c.name].(string)
			if direction == "" || seen[c.name] {
				continue
			}
			seen[c.name] = true
			compares = append(compares, c.compare(strings.HasPrefix(direction, "desc")))
		}
	}
	return func(a, b R) int {
		for _, compare := range compares {
			if d := compare(a, b); d != 0 {
				return d
			}
		}
		return 0
	}
}

func (c column[R]) compare(descending bool) func(a, b R) int {
	if descending {
		return func(a, b R) int { return cmp.Compare(c.value(b), c.value(a)) }
	}
	return func(a, b R) int { return cmp.Compare(c.value(a), c.value(b)) }
}

// page returns the rows that limit and offset leave.
func page(rows []string, f *graphql.Field) ([]string, error) {
	limit, limited := f.Arg("limit").(int)
	offset, _ := f.Arg("offset").(int)
	if limit < 0 || offset < 0 {
		return nil, badInput("limit and offset must not be negative")
	}
	rows = rows[min(offset, len(rows)):]
	if limited {
		rows = rows[:min(limit, len(rows))]
	}
	return rows, nil
}
