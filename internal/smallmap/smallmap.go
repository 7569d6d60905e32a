// Package smallmap has a map that costs little while it is small, as most are.
package smallmap

import "iter"

// few is up to how many entries a map is a list, which is searched from its beginning.
const few = 8

// Map is a map from strings. The zero value is empty. It is not safe for concurrent
// use.
type Map[V any] struct {
	length int
	first  entry[V]
	more   []entry[V]     // after the first
	index  map[string]int // of all, once there are more than few
}

type entry[V any] struct {
	key   string
	value V
}

// Len returns the number of entries.
func (m *Map[V]) Len() int { return m.length }

// Get returns the value of a key, and reports whether there is one.
func (m *Map[V]) Get(key string) (value V, ok bool) {
	if e := m.find(key); e != nil {
		return e.value, true
	}
	return value, false
}

// Set adds a value, or replaces that of an equal key.
func (m *Map[V]) Set(key string, value V) {
	if e := m.find(key); e != nil {
		e.value = value
		return
	}
	if m.length++; m.length == 1 {
		m.first = entry[V]{key, value}
		return
	}
	m.more = append(m.more, entry[V]{key, value})
	switch {
	case m.index != nil:
		m.index[key] = m.length - 1
	case m.length > few:
		m.index = make(map[string]int, 2*m.length)
		for i := range m.length {
			m.index[m.at(i).key] = i
		}
	}
}

// at returns the entry with this index.
func (m *Map[V]) at(i int) *entry[V] {
	if i == 0 {
		return &m.first
	}
	return &m.more[i-1]
}

func (m *Map[V]) find(key string) *entry[V] {
	if m.index != nil {
		if i, ok := m.index[key]; ok {
			return m.at(i)
		}
		return nil
	}
	for i := range m.length {
		if e := m.at(i); e.key == key {
			return e
		}
	}
	return nil
}

// All returns the entries, in the order in which their keys were added.
func (m *Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for i := range m.length {
			if e := m.at(i); !yield(e.key, e.value) {
				return
			}
		}
	}
}
