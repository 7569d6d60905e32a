package pysource

// maxPlaces is how many calls are followed for one read.
const maxPlaces = 256

// outcomeOfCallers is outcome for an error that leaves a function or a lambda: what its
// callers do about it. Those of other modules are not seen.
func (r *reader) outcomeOfCallers(t thrown, of *region, by *node, depth int) Outcome {
	places, complete := r.callersOf(of, by)
	return r.outcomeAt(t, places, complete, depth)
}

// outcomeAt returns what becomes of an error at all of some places: it is handled if it
// is at each of them.
func (r *reader) outcomeAt(t thrown, places []*node, complete bool, depth int) Outcome {
	if r.places += len(places); len(places) == 0 || r.places > maxPlaces || depth > maxNesting {
		return Outcome{}
	}
	all, handled, unhandled := Outcome{Handled: true}, 0, 0
	for _, place := range places {
		o := r.outcome(t, place.region, place, nil, depth)
		switch {
		case o.Handled:
			if handled++; all.Handler == 0 || o.Hidden && !all.Hidden {
				all.Hidden, all.Handler = o.Hidden, place.start
			}
			if o.Hidden {
				all.Handler = o.Handler
			}
		case o.Unsure:
			return o
		default:
			unhandled++
		}
	}
	switch {
	case handled == 0:
		return Outcome{}
	case unhandled > 0 || !complete:
		return Outcome{Unsure: true, Partly: true, Handler: all.Handler}
	case !all.Hidden:
		all.Handler = 0
	}
	return all
}

// callersOf returns the calls that run the body of a function or a lambda, and whether
// these are all. by is the call that is known to, or nil.
func (r *reader) callersOf(of *region, by *node) (places []*node, complete bool) {
	f := of.function
	if f == nil {
		return r.callersOfArgument(of.lambda)
	}
	if f.special {
		return nil, false
	}
	for _, d := range f.decorators {
		wrapper := r.functionOf(d)
		if wrapper == nil && !isTransparent(d) {
			return nil, false
		}
		if wrapper != nil && len(wrapper.parameters) > 0 {
			if calls := r.graph().ofParameter[wrapper.parameters[0]]; len(calls) > 0 {
				return calls, true
			}
		}
	}
	if by != nil {
		return []*node{by}, true
	}
	g := r.graph()
	places, uses := append(places, g.calls[f]...), len(g.calls[f])+1
	for _, a := range g.passed[f] {
		uses++
		places = append(places, r.callsThrough(a)...)
	}
	return places, f.class != nil || g.uses[f.name] <= uses
}

// isTransparent reports whether a decorator of Python's leaves it to the caller what
// becomes of an error.
func isTransparent(d *node) bool {
	if d.kind == nodeCall {
		d = d.base
	}
	return containsWord("property cached_property staticmethod classmethod lru_cache cache wraps", d.name)
}

// callersOfArgument is callersOf for a lambda or the like, which is called by the function
// that it is an argument of.
func (r *reader) callersOfArgument(n *node) (places []*node, complete bool) {
	a, ok := r.graph().arguments[n]
	if ok && r.value(a.call.base).path == partialPath {
		a, ok = r.graph().arguments[a.call]
	}
	if !ok {
		return nil, false
	}
	places = r.callsThrough(a)
	return places, len(places) > 0
}

// callsThrough returns the calls of what an argument gives to a function of the module.
func (r *reader) callsThrough(a argumentOf) []*node {
	f := r.functionOf(a.call.base)
	if f == nil {
		return nil
	}
	for _, p := range f.parameters {
		if p.given(a.call) == a.call.args[a.position].value {
			return r.graph().ofParameter[p]
		}
	}
	return nil
}

// managerCatches says whether a context manager of the module catches an error: a
// generator with a try around its yield, or a class whose __exit__ returns True.
func (r *reader) managerCatches(manager *node, t thrown, depth int) catch {
	if manager.kind != nodeCall || depth > maxNesting {
		return catch{}
	}
	if f := r.functionOf(manager.base); f != nil && len(f.yields) > 0 {
		at := f.yields[0]
		for range maxRegions {
			if at == nil || at.kind == regionFunction {
				return catch{}
			}
			if o := r.outcomeIn(at, manager, &t, depth+1); o.Handled || o.Unsure {
				return catch{certain: o.Handled, unknown: o.Unsure}
			}
			at = at.parent
		}
	}
	if class := r.classOf(manager.base, 0); class != nil {
		return r.exitCatches(methodOf(class, "__exit__", map[*node]bool{}))
	}
	return catch{}
}

// exitCatches is managerCatches for an __exit__.
func (r *reader) exitCatches(f *function) (c catch) {
	if f == nil {
		return catch{}
	}
	for _, value := range f.returns {
		switch r.src[value.start:value.end] {
		case "None", "False":
		case "True":
			c.certain = true
		default:
			c.unknown = true
		}
	}
	return c
}
