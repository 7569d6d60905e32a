package check

import (
	"math"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// graph is which keys the text of each key refers to.
type graph map[string][]string

func (s *source) referenceGraph() graph {
	g := graph{}
	for _, v := range s.interpolated() {
		if names := release.Keys(v.str); len(names) > 0 {
			g[v.name] = append(g[v.name], names...)
		}
	}
	return g
}

// circles are the keys from which references lead back to the key itself. They are
// the strongly connected components of more than one key, by Tarjan's algorithm,
// which visits each reference once; and the keys that name themselves.
func (g graph) cycles() map[string]bool {
	w := tarjan{graph: g, lowLink: map[string]int{}, cycles: map[string]bool{}}
	for key := range g {
		if w.lowLink[key] == 0 {
			w.visit(key)
		}
	}
	return w.cycles
}

type tarjan struct {
	graph
	lowLink map[string]int // of each key seen: the first, numbered from 1, that it leads back to
	stack   []string       // keys whose component is not complete, in the order of the visit
	cycles  map[string]bool
}

// complete stands in place of a number for a key that leads back no further.
const complete = math.MaxInt

// visit goes to what a key leads to, and returns the first key that it leads back
// to. The stack grows with a chain of keys, and a file has no room for a chain that
// overflows it.
func (w *tarjan) visit(key string) int {
	number, at := len(w.lowLink)+1, len(w.stack)
	w.lowLink[key], w.stack = number, append(w.stack, key)
	low := number
	for _, name := range w.graph[key] {
		back := w.lowLink[name]
		if back == 0 {
			back = w.visit(name)
		}
		low = min(low, back)
		if name == key {
			w.cycles[key] = true
		}
	}
	if low < number {
		w.lowLink[key] = low
		return low
	}
	w.popComponent(at)
	return complete
}

// close completes the component that begins at an index of the open keys.
func (w *tarjan) popComponent(at int) {
	for _, key := range w.stack[at:] {
		w.lowLink[key] = complete
		if len(w.stack) > at+1 {
			w.cycles[key] = true
		}
	}
	w.stack = w.stack[:at]
}
