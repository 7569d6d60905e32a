package pysource

// maxPlaces and maxFollowed are how many calls are followed for one read, and for all of
// a module.
const (
	maxPlaces   = 256
	maxFollowed = 20_000
)

// follows reports whether some more calls are followed.
func (r *reader) follows(places []*node) bool {
	r.places += len(places)
	r.followed += len(places)
	return len(places) > 0 && r.places <= maxPlaces && r.followed <= maxFollowed
}

// leaving is an error that leaves a function.
type leaving struct {
	of     *region
	error  Error
	class  *node
	isCall bool // the read is a call
}

// outcomeOfCallers is outcome for an error that leaves a function or a lambda: what its
// callers do about it. Those of other modules are not seen.
func (r *reader) outcomeOfCallers(t thrown, of *region, by *node, depth int) Outcome {
	key := leaving{of, t.error, t.class, t.read.kind == nodeCall}
	if known, ok := r.left[key]; ok && by == nil {
		return known
	}
	places, complete := r.callersOf(of, by)
	o := r.outcomeAt(t, places, complete, depth)
	if by == nil {
		r.left[key] = o
	}
	return o
}

// outcomeAt returns what becomes of an error at all of some places: it is handled if it
// is at each of them.
func (r *reader) outcomeAt(t thrown, places []*node, complete bool, depth int) Outcome {
	if depth > maxNesting || !r.follows(places) {
		return Outcome{}
	}
	var handled, hidden []Outcome
	for _, place := range places {
		o := r.outcome(t, place.region, place, nil, depth)
		if o.Unsure {
			return o
		}
		if o.Hidden {
			hidden = append(hidden, o)
		}
		if o.Handled {
			handled = append(handled, Outcome{Handler: place.start})
		}
	}
	switch {
	case len(handled) == 0:
		return Outcome{}
	case len(handled) < len(places) || !complete:
		return Outcome{Unsure: true, Partly: true, Handler: handled[0].Handler}
	case len(hidden) > 0:
		return hidden[0]
	}
	return Outcome{Handled: true}
}

// callersOf returns the calls that run the body of a function or a lambda, and whether
// these are all. by is the call that is known to, or nil.
func (r *reader) callersOf(of *region, by *node) (places []*node, complete bool) {
	f := of.function
	if f == nil {
		return r.callersOfArgument(of.lambda)
	}
	places, isSeen := r.callersInDecorators(f)
	switch {
	case f.special || !isSeen:
		return nil, false
	case len(places) > 0:
		return places, true
	case by != nil:
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

// callersInDecorators returns the calls of a function in the first of its decorators that
// is of the module and has some. isSeen reports that there is no other decorator that may
// decide about errors.
func (r *reader) callersInDecorators(f *function) (places []*node, isSeen bool) {
	for _, d := range f.decorators {
		wrapper := r.functionOf(d)
		switch {
		case wrapper == nil && !isTransparent(d):
			return nil, false
		case wrapper == nil || len(wrapper.parameters) == 0:
		case len(r.graph().ofParameter[wrapper.parameters[0]]) > 0:
			return r.graph().ofParameter[wrapper.parameters[0]], true
		}
	}
	return nil, true
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
		return r.yieldCatches(f.yields[0], manager, t, depth+1)
	}
	if class := r.classOf(manager.base, 0); class != nil {
		return r.exitCatches(methodOf(class, "__exit__", map[*node]bool{}))
	}
	return catch{}
}

// yieldCatches is managerCatches for a generator, by the handlers around its yield.
func (r *reader) yieldCatches(at *region, manager *node, t thrown, depth int) catch {
	for i := 0; i < maxRegions && at != nil && at.kind != regionFunction; i++ {
		if o := r.outcomeIn(at, manager, &t, depth); o.Handled || o.Unsure {
			return catch{certain: o.Handled, unknown: o.Unsure}
		}
		at = at.parent
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
