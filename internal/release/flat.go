package release

import "slices"

// flat is a config while it is read: its leaves in order of first appearance, as in
// Python's dict.
type flat struct {
	leaves []*leaf
	at     map[string]*leaf // by the key of the path
}

func flatten(root *table) *flat {
	f := &flat{at: map[string]*leaf{}}
	f.addTable(root)
	return f
}

// addTable adds copies of the leaves of a table, so that the table can be reused. An
// empty table has none.
func (f *flat) addTable(t *table) {
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *table:
			f.addTable(entry)
		case *leaf:
			f.set(entry.path, entry.value, entry.origin)
		}
	}
}

func (f *flat) set(p path, value any, from Origin) {
	key := p.key()
	if l, exists := f.at[key]; exists {
		l.value, l.origin = value, from
		return
	}
	l := &leaf{path: p, value: value, origin: from}
	f.at[key] = l
	f.leaves = append(f.leaves, l)
}

// move gives a leaf another path, and reports whether that was free.
func (f *flat) move(l *leaf, to path) bool {
	if _, exists := f.at[to.key()]; exists {
		return false
	}
	delete(f.at, l.path.key())
	l.path = to
	f.at[to.key()] = l
	return true
}

func (f *flat) remove(l *leaf) {
	delete(f.at, l.path.key())
	f.leaves = slices.DeleteFunc(f.leaves, func(other *leaf) bool { return other == l })
}

// lowerCasedNames returns the names of the secrets that the environment set, which only
// [Documented] makes lower-case.
func (f *flat) lowerCasedNames(v Version) map[string]bool {
	names := map[string]bool{}
	for _, l := range f.leaves {
		if v == Documented && l.path.isSecret() && (l.lowerCased || l.origin.Env != "") {
			names[l.path[2]] = true
		}
	}
	return names
}
