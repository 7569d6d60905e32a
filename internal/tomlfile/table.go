package tomlfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// Field is a key that a table may have.
type Field struct {
	Name string
	Read func(Value)
	Add  string // what to add where the key is missing; empty: it may be missing
}

// Into reads a field into a variable.
func Into[T any](variable *T, read func(Value) T) func(Value) {
	return func(v Value) { *variable = read(v) }
}

// Table reads the fields of a table, in their order, and reports those that are
// missing and keys that are not among them. The table is called what in messages; the
// hint is for a value that is not a table.
func (v Value) Table(what, hint string, fields []Field) {
	table, ok := v.table(hint)
	if !ok {
		return
	}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.Name
		switch _, has := table[f.Name]; {
		case has:
			f.Read(v.Key(f.Name))
		case f.Add != "":
			v.Wrong(what+" has no "+f.Name, "add "+f.Add)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !slices.Contains(known, name) {
			v.Key(name).unknown(what, known)
		}
	}
}

// Entries reads each key of a table whose keys are names of its own, in their
// alphabetical order.
func (v Value) Entries(hint string, read func(Value)) {
	table, _ := v.table(hint)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		read(v.Key(name))
	}
}

// Each reads each element of a list; the hint is for a value that is not a list.
func (v Value) Each(hint string, read func(Value)) {
	list, ok := v.List()
	if !ok {
		v.Wrong("expected a list", hint)
	}
	for _, e := range list {
		read(e)
	}
}

func (v Value) table(hint string) (map[string]any, bool) {
	table, ok := v.decoded.(map[string]any)
	if !ok {
		v.Wrong("expected a table", hint)
	}
	return table, ok
}

// unknown reports a key that its table does not have.
func (v Value) unknown(what string, known []string) {
	hint := ""
	if v.file.Unknown != nil {
		hint = v.file.Unknown(v)
	}
	if hint == "" {
		hint = fmt.Sprintf("%s has %s and %s", what, strings.Join(known[:len(known)-1], ", "), known[len(known)-1])
		hint = nearest.Hint(v.Name(), known, hint)
	}
	v.WrongKey(fmt.Sprintf("unknown key %q", v.Name()), hint)
}
