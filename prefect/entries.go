package prefect

import (
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// Types of Python's that JSON and TOML lack, as a config of 1.4 can have them.
type (
	// Tuple is a tuple, such as the text "1,2" becomes.
	Tuple = pyliteral.Tuple
	// Set is a set, such as "{1, 2}" becomes, in the order of the text.
	Set = pyliteral.Set
	// Ellipsis is what "..." becomes.
	Ellipsis = pyliteral.Ellipsis
)

// Origin is where a setting comes from: with neither a default.
type Origin struct {
	File string // the file, as it was named; the name of a Text may be empty
	Env  string // the environment variable
}

// Entry is one setting of a config. The values are bool, string, nil for None,
// int64, *big.Int, float64, complex128, []byte, []any, [Tuple], [Set],
// [Ellipsis], an empty or nested dict as map[string]any, time.Duration for a
// delay, and time.Time, whose location is named date-local, time-local or
// datetime-local where TOML has no zone.
type Entry struct {
	Path   []string
	Value  any
	Origin Origin
	// Missing is what the text refers to and is not there: the variable of a text
	// that is $NAME and nothing else, which stays as it is, or what stands in
	// ${...}, for which the text has nothing now. Empty if there is no such
	// reference. It may be a part of a value: a password with ${ in it looks the same.
	Missing string
	// Written is the name in the file of a secret that has a lower-case name because
	// the environment sets it; empty if the name is as it is written.
	Written string
}

// Format writes the path alone, whatever the verb: the value could be secret.
func (e Entry) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "{%s}", path(e.Path)) }

// Type is what Python calls the type of the value, such as str or NoneType.
func (e Entry) Type() string { return pyliteral.TypeName(e.Value) }

// Repr is the value as Python's repr prints it.
func (e Entry) Repr() string { return pyliteral.Repr(e.Value) }

// Entries are all settings, in the order in which Prefect has them: defaults
// first, then what the file adds, then the environment.
func (c *Config) Entries() []Entry {
	var all []Entry
	var walk func(t *table, at path)
	walk = func(t *table, at path) {
		for _, name := range t.names {
			switch entry := t.entries[name].(type) {
			case *table:
				walk(entry, at.child(name))
				if len(entry.names) == 0 {
					all = append(all, Entry{Path: at.child(name), Value: map[string]any{}, Origin: entry.dict.origin})
				}
			case *leaf:
				all = append(all, Entry{Path: at.child(name), Value: plain(entry.value), Origin: entry.origin, Missing: entry.missing, Written: entry.written})
			}
		}
	}
	if root := c.table(); root != nil {
		walk(root, nil)
	}
	return all
}

// table is nil for the zero Config.
func (c *Config) table() *table {
	if c == nil || c.root == nil {
		return nil
	}
	return c.root()
}

// plain is a value with Go maps in place of dicts, in copies of its lists.
func plain(v any) any {
	switch v := v.(type) {
	case pyliteral.Dict:
		out := make(map[string]any, len(v))
		for _, item := range v {
			out[pyliteral.Str(item.Key)] = plain(item.Value)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = plain(inner)
		}
		return out
	case []any:
		return plainList(v)
	case Tuple:
		return Tuple(plainList(v))
	case Set:
		return Set(plainList(v))
	}
	return v
}

func plainList(list []any) []any {
	out := make([]any, len(list))
	for i, inner := range list {
		out[i] = plain(inner)
	}
	return out
}

// plainTable is a table as Go maps.
func (t *table) plainTable() map[string]any {
	out := make(map[string]any, len(t.names))
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *table:
			out[name] = entry.plainTable()
		case *leaf:
			out[name] = plain(entry.value)
		}
	}
	return out
}

// useLocalSecrets is where the setting stands (config.toml of 0.9.3 and 1.4.1),
// with true as its default.
var useLocalSecrets = path{"cloud", "use_local_secrets"}

// UseLocalSecrets is cloud.use_local_secrets: whether secrets are read from the
// context. Only the boolean false turns it off: to Prefect the text "false" of
// 0.9 and the number 0 still mean local.
func (c *Config) UseLocalSecrets() bool { return c.valueAt(useLocalSecrets) != false }

// consultsContext reports whether secrets are looked for in the context at all.
func (c *Config) consultsContext() bool {
	return c != nil && c.version != Documented || c.UseLocalSecrets()
}

// asksStore reports whether a secret that the context does not have is asked of
// the store. From 0.14.5 on only a cloud backend has one (PrefectHQ/prefect #4003).
func (c *Config) asksStore() bool {
	if c.UseLocalSecrets() {
		return false
	}
	return c.version != V1_4 || c.valueAt(path{"backend"}) == "cloud"
}

// valueAt is a setting's value; nil if there is none.
func (c *Config) valueAt(p path) any {
	root := c.table()
	if root == nil {
		return nil
	}
	if l := root.leafAt(p); l != nil {
		return l.value
	}
	return nil
}

// Secrets are the entries of [context.secrets], in a map of the caller's own.
func (c *Config) Secrets() map[string]any {
	root := c.table()
	if root == nil {
		return nil
	}
	secrets, ok := root.tableAt(path{"context", "secrets"})
	if !ok {
		return nil
	}
	return secrets.plainTable()
}
