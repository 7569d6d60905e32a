package release

import "github.com/prefect-secrets/prefect-secrets/internal/pyliteral"

// Entries returns all settings in Prefect's order: the defaults, then what the file
// adds, then the environment.
func (c *Config) Entries() []Entry {
	if c == nil {
		return nil
	}
	return c.root.appendEntries(nil, nil)
}

// appendEntries appends the settings of the table at a path.
func (t *table) appendEntries(all []Entry, at path) []Entry {
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *table:
			all = entry.appendEntries(all, at.child(name))
			if len(entry.names) == 0 {
				all = append(all, Entry{Path: at.child(name), Value: map[string]any{}, Origin: entry.dict.origin})
			}
		case *leaf:
			all = append(all, Entry{
				Path: at.child(name), Value: toGo(entry.value), python: entry.value, Origin: entry.origin,
				Missing: entry.missing, Written: entry.written,
			})
		}
	}
	return all
}

// toGo returns a value with Go maps in place of dicts, in copies of its lists.
func toGo(v any) any {
	switch v := v.(type) {
	case pyliteral.Dict:
		out := make(map[string]any, len(v))
		for _, item := range v {
			out[pyliteral.Str(item.Key)] = toGo(item.Value)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = toGo(inner)
		}
		return out
	case []any:
		return listToGo(v)
	case pyliteral.Tuple:
		return pyliteral.Tuple(listToGo(v))
	case pyliteral.Set:
		return pyliteral.Set(listToGo(v))
	}
	return v
}

func listToGo(list []any) []any {
	out := make([]any, len(list))
	for i, inner := range list {
		out[i] = toGo(inner)
	}
	return out
}

// goMap returns a table as Go maps.
func (t *table) goMap() map[string]any {
	out := make(map[string]any, len(t.names))
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *table:
			out[name] = entry.goMap()
		case *leaf:
			out[name] = toGo(entry.value)
		}
	}
	return out
}
