package tomlpos

// Verify compares the document with the keys that a decoder found in the same
// text, in the order of the text: each header, and each key in full with what
// it stands under, elements of arrays counting for nothing. That is what
// MetaData.Keys of github.com/BurntSushi/toml returns. If they differ, the
// document's positions are not to be trusted.
func Verify[K ~[]string](d *Document, keys []K) bool {
	n := 0
	for _, k := range d.Keys {
		if !k.Last {
			continue
		}
		if n == len(keys) || !d.hasNames(k.Node, keys[n]) {
			return false
		}
		n++
	}
	return n == len(keys)
}

// named reports whether the names on the way to a node are these.
func (d *Document) hasNames(n NodeID, names []string) bool {
	for i := len(names); n != Root; n = d.Nodes[n].Parent {
		node := &d.Nodes[n]
		if node.Index >= 0 {
			continue
		}
		i--
		if i < 0 || node.Name != names[i] {
			return false
		}
		if node.Parent == Root {
			return i == 0
		}
	}
	return len(names) == 0
}
