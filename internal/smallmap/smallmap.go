// Package smallmap has a map that costs little while it is small, as most are.
package smallmap

import "iter"

// few is up to how many entries a map is a list, which is searched from its beginning.
const few = 8

// Map is a map from strings. The zero value is empty. It is not safe for concurrent
// use.
type Map[V any] struct {
	list  []entry[V]
	index map[string]int // into list, once that is longer than few
}

type entry[V any] struct {
	key   string
	value V
}

// Len returns the number of entries.
func (m *Map[V]) Len() int { return len(m.list) }

// Get returns the value of a key, and reports whether there is one.
func (m *Map[V]) Get(key string) (value V, ok bool) {
	if i := m.find(key); i >= 0 {
		return m.list[i].value, true
	}
	return value, false
}

// Set adds a value, or replaces that of an equal key.
func (m *Map[V]) Set(key string, value V) {
	if i := m.find(key); i >= 0 {
		m.list[i].value = value
		return
	}
	m.list = append(m.list, entry[V]{key, value})
	switch {
	case m.index != nil:
		m.index[key] = len(m.list) - 1
	case len(m.list) > few:
		m.index = make(map[string]int, 2*len(m.list))
		for i, e := range m.list {
			m.index[e.key] = i
		}
	}
}

func (m *Map[V]) find(key string) int {
	if m.index != nil {
		if i, ok := m.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range m.list {
		if m.list[i].key == key {
			return i
		}
	}
	return -1
}

// All returns the entries, in the order in which their keys were added.
func (m *Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, e := range m.list {
			if !yield(e.key, e.value) {
				return
			}
		}
	}
}
