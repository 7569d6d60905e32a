package release

import (
	"math/big"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// nest puts the leaves back into tables. It fails where a key stands below what
// is no table, as Python does.
func (f *flat) nest() (*Table, error) {
	root := newTable()
	for _, l := range f.leaves {
		at := root
		for i, name := range l.path[:len(l.path)-1] {
			entry, exists := at.entries[name]
			if !exists {
				entry = newTable()
				at.set(name, entry)
			}
			next, ok := entry.(*Table)
			if !ok {
				return nil, l.belowValue(i, entry.(*leaf).value)
			}
			at = next
		}
		at.set(l.path[len(l.path)-1], l.entry())
	}
	return root, nil
}

// belowValue is the error for a key that stands below the value at path[:i+1].
func (l *leaf) belowValue(i int, value any) error {
	class := "AttributeError"
	if i == len(l.path)-2 {
		class = "TypeError"
	}
	return l.failure(class, "it stands below %s, which is of type %s and no table", l.path[:i+1], pyliteral.TypeName(value))
}

// entry is a table for a dict, which Prefect's configuration object takes for
// one, else the leaf.
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

// validate refuses keys that the configuration object has for itself, the first
// in order.
func (t *Table) validate(v Version) error {
	for _, name := range t.names {
		inner, isTable := t.entries[name].(*Table)
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

// first is the first leaf at or below an entry.
func (t *Table) first(name string) *leaf {
	for {
		inner, isTable := t.entries[name].(*Table)
		switch {
		case !isTable:
			return t.entries[name].(*leaf)
		case len(inner.names) == 0:
			return inner.dict
		}
		t, name = inner, inner.names[0]
	}
}

// taskDefaults turns the settings of [tasks.defaults] into what tasks use: no
// retries for what counts as false, a delay in place of seconds, None for false.
func (t *Table) taskDefaults(v Version) error {
	at := path{"tasks", "defaults"}
	defaults := t
	for _, name := range at {
		var err error
		if defaults, err = defaults.ensure(name); err != nil {
			return err
		}
	}
	if isFalsy(defaults.value("max_retries")) {
		defaults.replace(at, "max_retries", int64(0))
	}
	if err := defaults.delay(at, "retry_delay"); err != nil {
		return err
	}
	if v != V1_4 {
		return defaults.delay(at, "timeout")
	}
	if defaults.value("timeout") == false || defaults.entries["timeout"] == nil {
		defaults.replace(at, "timeout", nil)
	}
	return nil
}

// ensure is the table of a name, made if there is nothing.
func (t *Table) ensure(name string) (*Table, error) {
	switch entry := t.entries[name].(type) {
	case *Table:
		return entry, nil
	case *leaf:
		return nil, entry.failure("AttributeError", "it is of type %s and no table", pyliteral.TypeName(entry.value))
	}
	inner := newTable()
	t.set(name, inner)
	return inner, nil
}

// delay turns whole seconds into a time and false, or nothing, into None.
func (t *Table) delay(at path, name string) error {
	const day = 24 * time.Hour
	switch v := t.value(name).(type) {
	case bool:
		if v {
			t.replace(at, name, time.Second)
			return nil
		}
		t.replace(at, name, nil)
	case int64:
		if v > int64(100*365*day/time.Second) || v < -int64(100*365*day/time.Second) {
			return t.entries[name].(*leaf).failure("OverflowError", "it is a delay of more than a century")
		}
		t.replace(at, name, time.Duration(v)*time.Second)
	case *big.Int:
		return t.entries[name].(*leaf).failure("OverflowError", "it is a delay of more than a century")
	case nil:
		if t.entries[name] == nil {
			t.replace(at, name, nil)
		}
	}
	return nil
}

// value is that of a leaf; nil if there is none.
func (t *Table) value(name string) any {
	if l, ok := t.entries[name].(*leaf); ok {
		return l.value
	}
	return nil
}

// replace sets a leaf's value and keeps its origin.
func (t *Table) replace(at path, name string, value any) {
	var from Origin
	if l, ok := t.entries[name].(*leaf); ok {
		from = l.origin
	}
	t.set(name, &leaf{path: at.child(name), value: value, origin: from})
}

func isFalsy(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case int64:
		return v == 0
	case float64:
		return v == 0
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// tableAt is the table at a path, and whether there is one.
func (t *Table) tableAt(p path) (*Table, bool) {
	for _, name := range p {
		next, ok := t.entries[name].(*Table)
		if !ok {
			return nil, false
		}
		t = next
	}
	return t, true
}

// leafAt is the leaf at a path, or nil.
func (t *Table) leafAt(p path) *leaf {
	above, ok := t.tableAt(p[:len(p)-1])
	if !ok {
		return nil
	}
	l, _ := above.entries[p[len(p)-1]].(*leaf)
	return l
}
