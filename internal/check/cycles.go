package check

import (
	"math"

	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// graph maps each key to the keys that its string refers to, of those whose strings refer
// to others as well.
type graph map[string][]string

func (s *source) referenceGraph() graph {
	mayRefer := make(map[string]bool, len(s.interpolated()))
	for _, v := range s.interpolated() {
		mayRefer[v.name] = true
	}
	g := graph{}
	for _, v := range s.interpolated() {
		for _, name := range release.Keys(v.str) {
			if mayRefer[name] {
				g[v.name] = append(g[v.name], name)
			}
		}
	}
	return g
}

// cycles returns the keys from which references lead back to the key itself: those
// of the strongly connected components of more than one key, and those that name
// themselves. Tarjan's algorithm follows each reference once.
func (g graph) cycles() map[string]bool {
	t := tarjan{graph: g, lowLink: map[string]int{}, cycles: map[string]bool{}}
	for vertex := range g {
		if t.lowLink[vertex] == 0 {
			t.visit(vertex)
		}
	}
	return t.cycles
}

type tarjan struct {
	graph
	lowLink map[string]int // of each visited vertex: the lowest number on the stack that it reaches
	stack   []string       // vertices whose component is not complete, in the order of the visit
	cycles  map[string]bool
}

// complete is the low link of a vertex whose component is complete.
const complete = math.MaxInt

// visit numbers a vertex, visits what it refers to, and returns its low link. It
// recurses along a chain of keys; no file is long enough for a chain that overflows
// the stack.
func (t *tarjan) visit(vertex string) int {
	number, depth := len(t.lowLink)+1, len(t.stack)
	t.lowLink[vertex], t.stack = number, append(t.stack, vertex)
	low := number
	for _, next := range t.graph[vertex] {
		link := t.lowLink[next]
		if link == 0 {
			link = t.visit(next)
		}
		low = min(low, link)
		if next == vertex {
			t.cycles[vertex] = true
		}
	}
	if low < number {
		t.lowLink[vertex] = low
		return low
	}
	t.popComponent(depth)
	return complete
}

// popComponent completes the component of the vertices from an index of the stack on.
func (t *tarjan) popComponent(from int) {
	for _, vertex := range t.stack[from:] {
		t.lowLink[vertex] = complete
		if len(t.stack) > from+1 {
			t.cycles[vertex] = true
		}
	}
	t.stack = t.stack[:from]
}
