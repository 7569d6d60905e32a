package check

import "github.com/prefect-secrets/prefect-secrets/internal/release"

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
	w := walk{graph: g, places: map[string]*place{}, circles: map[string]bool{}}
	for key := range g {
		if w.places[key] == nil {
			w.from(key)
		}
	}
	return w.circles
}

// place is how far a key has been looked at.
type place struct {
	key    string
	next   int  // of its references
	number int  // in the order of the visit
	low    int  // the first key, by number, that it leads back to
	open   bool // its component is not complete
}

type walk struct {
	graph
	places  map[string]*place
	open    []*place // in the order of the visit
	circles map[string]bool
}

func (w *walk) enter(key string) *place {
	p := &place{key: key, number: len(w.places), low: len(w.places), open: true}
	w.places[key] = p
	w.open = append(w.open, p)
	return p
}

// from visits what a key leads to. It keeps its own stack, for a file may hold a
// chain of a million keys.
func (w *walk) from(key string) {
	stack := []*place{w.enter(key)}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		if at.next < len(w.graph[at.key]) {
			if to := w.follow(at); to != nil {
				stack = append(stack, to)
			}
			continue
		}
		w.leave(at)
		if stack = stack[:len(stack)-1]; len(stack) > 0 {
			above := stack[len(stack)-1]
			above.low = min(above.low, at.low)
		}
	}
}

// follow takes the next reference of a key, and returns the key that it leads to if
// that is new.
func (w *walk) follow(at *place) *place {
	name := w.graph[at.key][at.next]
	at.next++
	to := w.places[name]
	switch {
	case to == nil:
		return w.enter(name)
	case to == at:
		w.circles[name] = true
	case to.open:
		at.low = min(at.low, to.number)
	}
	return nil
}

// leave completes the component that a key was the first of.
func (w *walk) leave(at *place) {
	if at.low < at.number {
		return
	}
	for alone := true; ; alone = false {
		p := w.open[len(w.open)-1]
		w.open = w.open[:len(w.open)-1]
		p.open = false
		if p != at || !alone {
			w.circles[p.key] = true
		}
		if p == at {
			return
		}
	}
}
