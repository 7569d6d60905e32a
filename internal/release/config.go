package release

import "github.com/prefect-secrets/prefect-secrets/internal/pyliteral"

// Origin is where a setting comes from: with neither a default.
type Origin struct {
	File string // the file, as it was named
	Env  string // the environment variable
}

// Entry is one setting of a config.
type Entry struct {
	Path   []string
	Value  any
	Origin Origin
	// Missing is what the text refers to and is not there.
	Missing string
	// Written is the name in the file of a secret that has another name because
	// the environment sets it.
	Written string
}

// Config is what a release has read. A nil Config is its defaults as far as
// secrets go.
type Config struct {
	version    Version
	root       *Table
	lowerCased map[string]bool // names of secrets that the environment set
}

// Each calls f with each setting, in the order in which Prefect has them: defaults
// first, then what the file adds, then the environment.
func (c *Config) Each(f func(Entry)) {
	if c != nil {
		c.root.each(nil, f)
	}
}

func (t *Table) each(at path, f func(Entry)) {
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *Table:
			entry.each(at.child(name), f)
			if len(entry.names) == 0 {
				f(Entry{Path: at.child(name), Value: map[string]any{}, Origin: entry.dict.origin})
			}
		case *leaf:
			f(Entry{Path: at.child(name), Value: plain(entry.value), Origin: entry.origin, Missing: entry.missing, Written: entry.written})
		}
	}
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
	case pyliteral.Tuple:
		return pyliteral.Tuple(plainList(v))
	case pyliteral.Set:
		return pyliteral.Set(plainList(v))
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
func (t *Table) plainTable() map[string]any {
	out := make(map[string]any, len(t.names))
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *Table:
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

// UseLocalSecrets is cloud.use_local_secrets. Only the boolean false turns it off:
// to Prefect the text "false" of 0.9 and the number 0 still mean local.
func (c *Config) UseLocalSecrets() bool { return c.valueAt(useLocalSecrets) != false }

// ReadsContext reports whether secrets are looked for in the context at all.
func (c *Config) ReadsContext() bool {
	return c != nil && c.version != Documented || c.UseLocalSecrets()
}

// ReadsStore reports whether a secret that the context does not have is asked of
// the store. From 0.14.5 on only a cloud backend has one (PrefectHQ/prefect #4003).
func (c *Config) ReadsStore() bool {
	if c.UseLocalSecrets() {
		return false
	}
	return c.version != V1_4 || c.valueAt(path{"backend"}) == "cloud"
}

// LowerCased is the name of a secret that the environment set and that has another
// for that reason, given in any case; false if there is no such secret.
func (c *Config) LowerCased(name string) (lower string, ok bool) {
	lower = EnvironmentName(name)
	return lower, c != nil && c.lowerCased[lower]
}

// valueAt is a setting's value; nil if there is none.
func (c *Config) valueAt(p path) any {
	if c == nil {
		return nil
	}
	if l := c.root.leafAt(p); l != nil {
		return l.value
	}
	return nil
}

// Secrets are the entries of [context.secrets], in a map of the caller's own.
func (c *Config) Secrets() map[string]any {
	if c == nil {
		return nil
	}
	secrets, ok := c.root.tableAt(path{"context", "secrets"})
	if !ok {
		return nil
	}
	return secrets.plainTable()
}
