package pytoml

import (
	"iter"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// Table is a table, with its names in the order of Python's dict. Its values are bool,
// string, Int, float64, Time, *List or *Table.
type Table struct {
	names  []string
	values map[string]any
	node   tomlpos.NodeID
}

func newTable(node tomlpos.NodeID) *Table { return &Table{values: map[string]any{}, node: node} }

// Len returns the number of names.
func (t *Table) Len() int { return len(t.names) }

// Get returns the value of a name, and whether there is one.
func (t *Table) Get(name string) (value any, ok bool) {
	value, ok = t.values[name]
	return value, ok
}

// All returns the names and their values, in order.
func (t *Table) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, name := range t.names {
			if !yield(name, t.values[name]) {
				return
			}
		}
	}
}

func (t *Table) has(name string) bool {
	_, ok := t.values[name]
	return ok
}

func (t *Table) set(name string, value any) {
	if !t.has(name) {
		t.names = append(t.names, name)
	}
	t.values[name] = value
}

// tableOf returns v as a table; Python raises TypeError when it indexes another value
// with a name.
func tableOf(v any) *Table {
	t, ok := v.(*Table)
	if !ok {
		raise("TypeError")
	}
	return t
}
