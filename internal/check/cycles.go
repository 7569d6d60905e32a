package check

import (
	"math"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// graph is which keys the text of each key refers to.
type graph map[string][]string

func (s *source) referenceGraph() graph {
	g := graph{}
	for _, v := range s.withDollar() {
		if names := release.Keys(v.text); len(names) > 0 {
			g[v.name] = append(g[v.name], names...)
		}
	}
	return g
}

// circles are the keys from which references lead back to the key itself. They are
// the strongly connected components of more than one key, by Tarjan's algorithm,
// which visits each reference once; and the keys that name themselves.
func (g graph) circles() map[string]bool {
	w := walk{graph: g, lowest: map[string]int{}, circles: map[string]bool{}}
	for key := range g {
		if w.lowest[key] == 0 {
			w.visit(key)
		}
	}
	return w.circles
}

type walk struct {
	graph
	lowest  map[string]int // of each key seen: the first, numbered from 1, that it leads back to
	open    []string       // keys whose component is not complete, in the order of the visit
	circles map[string]bool
}

// complete stands in place of a number for a key that leads back no further.
const complete = math.MaxInt

// visit goes to what a key leads to, and returns the first key that it leads back
// to. The stack grows with a chain of keys, and a file has no room for a chain that
// overflows it.
func (w *walk) visit(key string) int {
	number, at := len(w.lowest)+1, len(w.open)
	w.lowest[key], w.open = number, append(w.open, key)
	low := number
	for _, name := range w.graph[key] {
		back := w.lowest[name]
		if back == 0 {
			back = w.visit(name)
		}
		low = min(low, back)
		if name == key {
			w.circles[key] = true
		}
	}
	if low < number {
		w.lowest[key] = low
		return low
	}
	w.close(at)
	return complete
}

// close completes the component that begins at an index of the open keys.
func (w *walk) close(at int) {
	for _, key := range w.open[at:] {
		w.lowest[key] = complete
		if len(w.open) > at+1 {
			w.circles[key] = true
		}
	}
	w.open = w.open[:at]
}
