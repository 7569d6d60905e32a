package release

import (
	"math/big"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// taskDefaults turns the settings of [tasks.defaults] into what tasks use: 0 retries
// for what counts as false, a delay for seconds, None for false.
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
	if !v.does(keepsTimeoutSeconds) {
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
		return nil, entry.failure("AttributeError", "it is of type %s and not a table", pyliteral.TypeName(entry.value))
	}
	inner := newTable()
	t.set(name, inner)
	return inner, nil
}

// maxDelay bounds a delay, in seconds.
const maxDelay = 100 * 365 * 24 * 60 * 60

// delay turns an integer of seconds into a duration, and false or a missing setting
// into None.
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
