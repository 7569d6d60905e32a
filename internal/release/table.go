package release

import (
	"slices"
	"strconv"
	"strings"
)

// path is the path of a setting: KEY in [context.secrets] is context, secrets, KEY.
type path []string

func (p path) String() string { return strings.Join(p, ".") }

// key returns p as a map key. Different paths have different keys, whatever their
// parts contain.
func (p path) key() string {
	var b strings.Builder
	for _, part := range p {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
	}
	return b.String()
}

func (p path) child(name string) path { return append(slices.Clip(p), name) }

// isSecret reports whether a setting is a secret, or a part of one.
func (p path) isSecret() bool { return len(p) >= 3 && InSecrets(p) }

// InSecrets reports whether a setting is the table of secrets, [context.secrets], or
// below it.
func InSecrets(path []string) bool {
	return len(path) >= 2 && path[0] == "context" && path[1] == "secrets"
}

// table is a table of settings in order, as in Python's dict. An entry is a *table
// or a *leaf.
type table struct {
	names   []string
	entries map[string]any
	dict    *leaf // the setting whose value this table is; nil for a table of TOML's
}

// leaf is a setting and its origin. A list is a leaf too: Prefect neither expands
// nor casts its items.
type leaf struct {
	path       path
	value      any
	origin     Origin
	lowerCased bool   // a secret of the file that the environment sets
	written    string // the name in the file, if it is another
	missing    string // see [Entry]
}

func newTable() *table { return &table{entries: map[string]any{}} }

func (t *table) set(name string, entry any) {
	if _, exists := t.entries[name]; !exists {
		t.names = append(t.names, name)
	}
	t.entries[name] = entry
}

// merge merges another table over t: tables into tables, and anything else replaces
// the entry of t. It shares leaves with the other table, and no table.
func (t *table) merge(other *table) {
	for _, name := range other.names {
		theirs, isTable := other.entries[name].(*table)
		if !isTable {
			t.set(name, other.entries[name])
			continue
		}
		mine, both := t.entries[name].(*table)
		if !both {
			mine = newTable()
			mine.dict = theirs.dict
			t.set(name, mine)
		}
		mine.merge(theirs)
	}
}

// defaultTable returns a release's default settings.
func defaultTable(settings []defaultSetting) *table {
	root := newTable()
	for _, s := range settings {
		p := s.path
		at := root
		for _, name := range p[:len(p)-1] {
			next, ok := at.entries[name].(*table)
			if !ok {
				next = newTable()
				at.set(name, next)
			}
			at = next
		}
		at.set(p[len(p)-1], &leaf{path: p, value: s.value})
	}
	return root
}

// tableAt returns the table at a path, and whether it exists.
func (t *table) tableAt(p path) (*table, bool) {
	for _, name := range p {
		next, ok := t.entries[name].(*table)
		if !ok {
			return nil, false
		}
		t = next
	}
	return t, true
}

// leafAt returns the leaf at a path, or nil.
func (t *table) leafAt(p path) *leaf {
	parent, ok := t.tableAt(p[:len(p)-1])
	if !ok {
		return nil
	}
	return parent.leaf(p[len(p)-1])
}

// leaf returns the leaf of a name, or nil.
func (t *table) leaf(name string) *leaf {
	l, _ := t.entries[name].(*leaf)
	return l
}

// textAt returns the string at a path, or "".
func (t *table) textAt(p path) string {
	if l := t.leafAt(p); l != nil {
		text, _ := l.value.(string)
		return text
	}
	return ""
}
