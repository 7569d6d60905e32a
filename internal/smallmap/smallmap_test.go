package smallmap

import (
	"maps"
	"slices"
	"strconv"
	"testing"
)

func TestMap(t *testing.T) {
	for _, n := range []int{0, 1, few, few + 1, 3 * few} {
		var m Map[int]
		want := map[string]int{}
		for round := range 2 {
			for i := range n {
				key := strconv.Itoa(i)
				m.Set(key, i+round)
				want[key] = i + round
			}
		}
		if got := maps.Collect(m.All()); !maps.Equal(got, want) || m.Len() != n {
			t.Errorf("%d entries: %v, %d of them", n, got, m.Len())
		}
		var keys []string
		for key := range m.All() {
			keys = append(keys, key)
			if value, ok := m.Get(key); !ok || value != want[key] {
				t.Errorf("%d entries: %s is %d, %t", n, key, value, ok)
			}
		}
		if !slices.IsSortedFunc(keys, func(a, b string) int { return want[a] - want[b] }) {
			t.Errorf("%d entries: the order is %v", n, keys)
		}
		if _, ok := m.Get("missing"); ok {
			t.Errorf("%d entries: a missing key has a value", n)
		}
	}
}
