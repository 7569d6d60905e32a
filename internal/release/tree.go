package release

import (
	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// nest puts the leaves back into tables. As Python does, it fails on a key below a
// value that is not a table.
func (f *flat) nest() (*table, error) {
	root := newTable()
	for _, l := range f.leaves {
		at := root
		for i, name := range l.path[:len(l.path)-1] {
			entry, exists := at.entries[name]
			if !exists {
				entry = newTable()
				at.set(name, entry)
			}
			next, ok := entry.(*table)
			if !ok {
				return nil, l.belowValue(i, entry.(*leaf).value)
			}
			at = next
		}
		at.set(l.path[len(l.path)-1], l.entry())
	}
	return root, nil
}

// belowValue returns the error of a key below the value at path[:i+1].
func (l *leaf) belowValue(i int, value any) error {
	class := "AttributeError"
	if i == len(l.path)-2 {
		class = "TypeError"
	}
	return l.failure(class, "it is below %s, which is of type %s and not a table", l.path[:i+1], pyliteral.TypeName(value))
}

// entry returns the leaf or, for a dict, which Prefect treats as a table, a table.
func (l *leaf) entry() any {
	dict, ok := l.value.(pyliteral.Dict)
	if !ok {
		return l
	}
	t := newTable()
	t.dict = l
	for _, item := range dict {
		name := pyliteral.Str(item.Key)
		t.set(name, (&leaf{path: l.path.child(name), value: item.Value, origin: l.origin}).entry())
	}
	return t
}

// validate refuses the first key that is an attribute of the configuration object.
func (t *table) validate(v Version) error {
	for _, name := range t.names {
		inner, isTable := t.entries[name].(*table)
		if v.reservesWhenRead(name) {
			return t.first(name).failure("ValueError", "no key can be named %q: the configuration object has a method or attribute of that name", name)
		}
		if isTable {
			if err := inner.validate(v); err != nil {
				return err
			}
		}
	}
	return nil
}

// first returns the first leaf at or below an entry.
func (t *table) first(name string) *leaf {
	for {
		inner, isTable := t.entries[name].(*table)
		switch {
		case !isTable:
			return t.entries[name].(*leaf)
		case len(inner.names) == 0:
			return inner.dict
		}
		t, name = inner, inner.names[0]
	}
}
