package tomlpos

// Verify reports whether the document has the same keys as a decoder found in the text.
// Those are the headers and the full keys below their headers, without the indexes of
// arrays, in the order of the text, as MetaData.Keys of github.com/BurntSushi/toml
// returns them. If they differ, the document's positions cannot be trusted.
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

// hasNames reports whether the names on the path to a node are the given ones.
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
