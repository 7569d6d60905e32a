package release

// flat is a config while it is read: its leaves in the order of their coming. A
// leaf that is set again keeps its place, as in Python's dict.
type flat struct {
	leaves []*leaf
	at     map[string]*leaf
}

func flatten(root *Table) *flat {
	f := &flat{at: map[string]*leaf{}}
	f.addTable(root)
	return f
}

// addTable adds the leaves of a table; an empty table leaves nothing. Values are
// the flat config's own, so that tables can be used again.
func (f *flat) addTable(t *Table) {
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *Table:
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

// move gives a leaf another path; false if there is a leaf already.
func (f *flat) move(l *leaf, to path) bool {
	if _, taken := f.at[to.key()]; taken {
		return false
	}
	delete(f.at, l.path.key())
	l.path = to
	f.at[to.key()] = l
	return true
}

// remove takes a leaf away.
func (f *flat) remove(l *leaf) {
	delete(f.at, l.path.key())
	for i := range f.leaves {
		if f.leaves[i] == l {
			f.leaves = append(f.leaves[:i:i], f.leaves[i+1:]...)
			return
		}
	}
}

// lowerCased are the names of the secrets that the environment set, for
// [Documented].
func (f *flat) lowerCased(v Version) map[string]bool {
	names := map[string]bool{}
	for _, l := range f.leaves {
		if v == Documented && l.path.isSecret() && (l.folded || l.origin.Env != "") {
			names[l.path[2]] = true
		}
	}
	return names
}
