package cloud

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// columns read a row's columns, by name.
type columns[R any] map[string]func(R) string

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
