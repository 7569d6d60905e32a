package pysource

// runsWhileBuilding reports whether code runs directly within with Flow(...), or in a
// function that is only called there. A handler for the error that Prefect raises
// then, a ValueError, makes that harmless.
func (r *reader) runsWhileBuilding(at *region, depth int) bool {
	if depth > maxNesting {
		return false
	}
	for range maxRegions {
		switch {
		case at == nil:
			return false
		case at.kind == regionWith && r.value(at.cond).path == flowPath:
			return !r.isExpectedToFail(at.parent)
		case at.kind == regionWith && r.suppressesBuilding(at.cond):
			return false
		case at.kind == regionTry:
			if h, _ := r.handlerFor(at.try, thrown{error: ValueError}); h != nil && !h.raises {
				return false
			}
		case at.kind == regionDeferred:
			return false
		case at.kind == regionFunction:
			return at.function != nil && r.isOnlyCalledBuilding(at.function, depth+1)
		}
		at = at.parent
	}
	return false
}

// suppressesBuilding reports whether a context manager catches the error.
func (r *reader) suppressesBuilding(manager *node) bool {
	c := r.suppresses(r.managerOf(manager), thrown{error: ValueError})
	return c.certain || c.unknown
}

// isExpectedToFail reports whether a flow is built within pytest.raises or the like.
func (r *reader) isExpectedToFail(at *region) bool {
	for i := 0; at != nil && at.kind != regionFunction && i < maxRegions; i++ {
		if at.kind == regionWith && r.suppressesBuilding(at.cond) {
			return true
		}
		at = at.parent
	}
	return at != nil && at.kind == regionFunction && isExpectedFailure(at.function)
}

// isOnlyCalledBuilding reports whether every use of a function is a call of it while
// a flow is built.
func (r *reader) isOnlyCalledBuilding(f *function, depth int) bool {
	if len(f.decorators) > 0 || f.special || f.class != nil {
		return false
	}
	if known, ok := r.builtOnly[f]; ok {
		return known
	}
	r.builtOnly[f] = false // until it is known: a function that only calls itself is not called
	calls := r.callsOf(f)
	only := len(calls) > 0 && r.graph().uses[f.name] == len(calls)+1
	for _, call := range calls {
		only = only && r.runsWhileBuilding(call.region, depth)
	}
	r.builtOnly[f] = only
	return only
}
