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
	Add  string // what to add if the key is missing; empty if it may be missing
	// Unlisted omits the key from the list that the hint for an unknown key has. A key
	// that is misspelt still finds it.
	Unlisted bool
}

// Into returns the Read of a [Field] that is read into a variable.
func Into[T any](variable *T, read func(Value) T) func(Value) {
	return func(v Value) { *variable = read(v) }
}

// Table reads the fields of a table, in the order of fields. It reports missing and
// unknown keys. Messages call the table what; the hint is for a value that is not a
// table.
func (v Value) Table(what, hint string, fields []Field) {
	table, ok := v.table(hint)
	if !ok {
		return
	}
	for _, f := range fields {
		switch _, found := table[f.Name]; {
		case found:
			f.Read(v.Key(f.Name))
		case f.Add != "":
			v.Wrong(what+" has no "+f.Name, "add "+f.Add)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			v.Key(name).unknown(what, fields)
		}
	}
}

// Entries calls read with each value of a table that may have any keys, in the
// alphabetical order of the keys. The hint is for a value that is not a table.
func (v Value) Entries(hint string, read func(Value)) {
	table, _ := v.table(hint)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		read(v.Key(name))
	}
}

// Each calls read with each element of a list. The hint is for a value that is not a
// list.
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

// unknown reports a key that none of its table's fields has.
func (v Value) unknown(what string, fields []Field) {
	hint := ""
	if v.file.Unknown != nil {
		hint = v.file.Unknown(v)
	}
	if hint == "" {
		var names, listed []string
		for _, f := range fields {
			names = append(names, f.Name)
			if !f.Unlisted {
				listed = append(listed, f.Name)
			}
		}
		last := len(listed) - 1
		list := fmt.Sprintf("%s has %s and %s", what, strings.Join(listed[:last], ", "), listed[last])
		hint = nearest.Hint(v.Name(), names, list)
	}
	v.WrongKey(fmt.Sprintf("unknown key %q", v.Name()), hint)
}
