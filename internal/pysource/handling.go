package pysource

import "slices"

// Error is an error that reading a secret ends with, if the secret does not exist.
type Error int

const (
	ValueError  Error = iota // of get and run, for a secret that is looked for locally
	KeyError                 // of get and run, from the store since 0.11.3; and of the context
	ClientError              // of get and run, from the store before 0.11.3
	errorCount
)

// String returns the name of the class.
func (e Error) String() string { return [...]string{"ValueError", "KeyError", "ClientError"}[e] }

// Outcome is what becomes of an error. The zero value is that nothing handles it.
type Outcome struct {
	Handled bool
	// Hidden reports that the handler catches everything, and that more than the read
	// may fail there, and Unsure that the handler may catch the error and may not.
	// Handler is then the byte offset of its except, or of the context manager.
	// Partly reports that it catches the error of some of the calls that lead to the read.
	Hidden, Unsure, Partly bool
	Handler                int
}

// Outcomes are what becomes of each Error.
type Outcomes [errorCount]Outcome

// evaluation is where a secret is looked for: in of, a Secret("A") or an access to
// the context, at the call of get or run or at the access.
type evaluation struct{ of, at *node }

// evaluate finds out what the code does if a secret that it reads does not exist.
func (r *reader) evaluate() {
	seen := map[int]bool{}
	for _, e := range r.evaluations {
		for _, i := range r.readOf[e.of] {
			r.evaluateRead(i, e.at, seen[i])
			seen[i] = true
		}
		if e.of != e.at && e.at.kind == nodeCall && r.runsWhileBuilding(e.at.region, 0) && !r.isMocked(e.at.region, Client) {
			r.module.Building = append(r.module.Building, Span{e.at.start, e.at.end})
		}
	}
	for _, secret := range r.existing {
		for _, i := range r.readOf[secret] {
			r.module.Reads[i].Optional = r.module.Reads[i].Optional || !seen[i]
		}
	}
	r.markMocked()
}

// evaluateRead says of a read what the code does at one evaluation. again reports
// that there was another one: the code only works if it does at both.
func (r *reader) evaluateRead(i int, at *node, again bool) {
	a, by := &r.module.Reads[i], r.readBy[i]
	optional, outcomes := a.Optional, r.outcomes(at, by)
	if !again || optional {
		r.places = 0
		optional = a.Optional && !again || r.isGuarded(at.region, a.Name, by, 0)
	}
	if again {
		outcomes = worst(outcomes, a.Outcomes)
	}
	a.Optional, a.Outcomes = optional, outcomes
}

// worst returns of each error the worse outcome.
func worst(a, b Outcomes) Outcomes {
	for i := range a {
		if b[i].badness() > a[i].badness() {
			a[i] = b[i]
		}
	}
	return a
}

func (o Outcome) badness() int {
	switch {
	case o.Unsure:
		return 2
	case !o.Handled:
		return 3
	case o.Hidden:
		return 1
	}
	return 0
}

func (r *reader) outcomes(read, by *node) (all Outcomes) {
	for e := range all {
		r.places = 0
		t := thrown{error: Error(e), read: read}
		if read.kind == nodeAttr { // attempt(Secret("A").get)
			if places, complete := r.callersOfArgument(read); len(places) > 0 {
				all[e] = r.outcomeAt(t, places, complete, 0)
				continue
			}
		}
		all[e] = r.outcome(t, read.region, read, by, 0)
	}
	return all
}

// thrown is an error on its way through the code: one that a read ends with or, if class
// is not nil, what a handler raised in its place.
type thrown struct {
	error Error
	class *node
	read  *node
}

// outcome returns what becomes of an error at a place in the code: a read, a call of the
// function with the read, or a yield. by is the call that gave the function with the read
// the name of the secret, or nil.
func (r *reader) outcome(t thrown, at *region, place, by *node, depth int) Outcome {
	unsure := Outcome{}
	for i := 0; i < maxRegions && at != nil && (at.kind != regionFunction || at.isCalled()); i++ {
		o := r.outcomeIn(at, place, &t, depth)
		if o.Handled || o.Handler > 0 && !o.Unsure {
			return o
		}
		if o.Unsure && !unsure.Unsure {
			unsure = o
		}
		at = at.parent
	}
	if at == nil || at.kind != regionFunction || depth > maxNesting {
		return unsure
	}
	if isExpectedFailure(at.function) {
		return Outcome{Handled: true}
	}
	if o := r.outcomeOfCallers(t, at, by, depth+1); o.Handled || !unsure.Unsure {
		return o
	}
	return unsure
}

// outcomeIn is outcome for the handlers of one region. A handler may raise another error
// in place of the one that it catches.
func (r *reader) outcomeIn(at *region, place *node, t *thrown, depth int) Outcome {
	switch at.kind {
	case regionTry:
		return r.outcomeInTry(at.try, place, t)
	case regionWith, regionExpecting:
		manager := r.managerOf(at.cond)
		if t.class == nil && r.expects(manager, t.read) {
			return Outcome{Handled: true}
		}
		c := r.suppresses(manager, *t).or(r.managerCatches(manager, *t, depth))
		if c.certain || c.unknown {
			return Outcome{Handled: c.certain, Unsure: !c.certain, Handler: at.cond.start}
		}
	}
	return Outcome{}
}

func (r *reader) outcomeInTry(try *try, place *node, t *thrown) Outcome {
	h, c := r.handlerFor(try, *t)
	switch {
	case try.swallows():
		return Outcome{Handled: true}
	case h == nil:
		return Outcome{}
	case h.raises && h.raised != nil && c.certain && !h.raisesAgain():
		t.class = h.raised
		if t.class.kind == nodeCall {
			t.class = t.class.base
		}
		return Outcome{}
	case h.raises && h.raised != nil && c.certain, h.raises && !c.certain:
		return Outcome{}
	}
	return Outcome{
		Handled: c.certain && !h.raises, Unsure: !c.certain,
		Hidden: c.broad && r.holdsMore(try, place), Handler: h.start,
	}
}

// raisesAgain reports whether a handler raises what it caught.
func (h *handler) raisesAgain() bool {
	return h.raised.kind == nodeName && (h.raised.name == "" || h.raised.name == h.name)
}

// isExpectedFailure reports whether a test is to fail, or never runs.
func isExpectedFailure(f *function) bool {
	return f != nil && f.hasDecorator("xfail expectedFailure skip")
}

// handlerFor returns the first handler that catches an error, or else the first that
// may.
func (r *reader) handlerFor(try *try, t thrown) (h *handler, c catch) {
	r.steps = 0
	for _, next := range try.handlers[:min(len(try.handlers), maxConditions)] {
		if next.classes == nil {
			return next, catch{certain: true, broad: true}
		}
		if r.isNested(next.classes, false, 0) {
			continue
		}
		caught := r.catches(next.classes, t, 0)
		if caught.certain {
			return next, caught
		}
		if caught.unknown && h == nil {
			h, c = next, caught
		}
	}
	return h, c
}

// managerOf returns what a with enters: for a name, what that is.
func (r *reader) managerOf(n *node) *node {
	if n.kind == nodeName {
		if value := r.onlyValue(n); value != nil && value.end <= r.limit {
			return value
		}
	}
	return n
}

// suppresses says whether a context manager catches an error, as those of tests that
// expect it do.
func (r *reader) suppresses(manager *node, t thrown) (c catch) {
	r.steps = 0
	switch {
	case manager.kind != nodeCall:
		return catch{}
	case r.isExpecting(manager):
		first, _ := manager.argument(0, "expected_exception")
		return r.catches(first, t, 0)
	case r.callee(manager) != suppressPath:
		return catch{}
	}
	for _, a := range manager.args[:min(len(manager.args), maxConditions)] {
		c = c.or(r.catches(a.value, t, 0))
	}
	return c
}

// expects reports whether a context manager expects an error that a read may end
// with. Which of them it is, depends on where the test looks for the secret.
func (r *reader) expects(manager, read *node) bool {
	if manager.kind != nodeCall || !r.isExpecting(manager) {
		return false
	}
	for e := range errorCount {
		if c := r.suppresses(manager, thrown{error: e, read: read}); c.certain || c.unknown {
			return true
		}
	}
	return false
}

// isExpecting reports whether a call is one of pytest.raises or the like.
func (r *reader) isExpecting(call *node) bool {
	return expectsError(call.base) || r.callee(call) == raisesPath
}

// expectsError reports whether a function is by its name pytest.raises, assertRaises of
// a TestCase, or the like.
func expectsError(f *node) bool {
	switch f.name {
	case "assertRaises", "assertRaisesRegex", "assertRaisesRegexp", "assert_raises", "assert_raises_regex":
		return f.kind == nodeName || f.kind == nodeAttr
	case "raises":
		return f.kind == nodeName || f.kind == nodeAttr && f.base.kind == nodeName && f.base.name == "pytest"
	}
	return false
}

// holdsMore reports whether the body of a try calls or looks up anything but a read.
func (r *reader) holdsMore(t *try, read *node) bool {
	return slices.ContainsFunc(r.nodes[t.body.Start:max(t.body.Start, t.body.End)], func(n *node) bool {
		return n.kind != nodeAttr && n.use == load && n.start != read.start && (n.start < read.start || n.end > read.end)
	})
}
