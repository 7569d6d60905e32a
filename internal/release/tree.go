package release

import (
	"math/big"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// nest puts the leaves back into tables. As Python does, it fails on a key below a value
// that is not a table.
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
	return l.failure(class, "it stands below %s, which is of type %s and no table", l.path[:i+1], pyliteral.TypeName(value))
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

// taskDefaults turns the settings of [tasks.defaults] into what tasks use: 0 retries for
// what counts as false, a delay for seconds, None for false.
func (t *table) taskDefaults(v Version) error {
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

// ensure returns the table of a name, and creates it if the name is free.
func (t *table) ensure(name string) (*table, error) {
	switch entry := t.entries[name].(type) {
	case *table:
		return entry, nil
	case *leaf:
		return nil, entry.failure("AttributeError", "it is of type %s and no table", pyliteral.TypeName(entry.value))
	}
	inner := newTable()
	t.set(name, inner)
	return inner, nil
}

// maxDelay bounds a delay, in seconds.
const maxDelay = 100 * 365 * 24 * 60 * 60

// delay turns an integer of seconds into a duration, and false or a missing setting into
// None.
func (t *table) delay(at path, name string) error {
	const tooLong = "it is a delay of more than a century"
	switch v := t.value(name).(type) {
	case bool:
		if v {
			t.replace(at, name, time.Second)
		} else {
			t.replace(at, name, nil)
		}
	case int64:
		if v > maxDelay || v < -maxDelay {
			return t.leaf(name).failure("OverflowError", tooLong)
		}
		t.replace(at, name, time.Duration(v)*time.Second)
	case *big.Int:
		return t.leaf(name).failure("OverflowError", tooLong)
	case nil:
		if t.entries[name] == nil {
			t.replace(at, name, nil)
		}
	}
	return nil
}

// value returns the value of a leaf; nil if it is missing.
func (t *table) value(name string) any {
	if l := t.leaf(name); l != nil {
		return l.value
	}
	return nil
}

// replace sets a leaf's value, not its origin.
func (t *table) replace(at path, name string, value any) {
	var from Origin
	if l := t.leaf(name); l != nil {
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
