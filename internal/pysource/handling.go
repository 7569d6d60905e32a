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
	// may fail there. Handler is then the byte offset of its except or suppress.
	Hidden  bool
	Handler int
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
		if i, ok := r.readOf[e.of]; ok {
			r.evaluateRead(&r.module.Reads[i], e.at, seen[i])
			seen[i] = true
		}
		if e.of != e.at && r.runsWhileBuilding(e.at.region, 0) {
			r.module.Building = append(r.module.Building, Span{e.at.start, e.at.end})
		}
	}
	for _, secret := range r.existing {
		if i, ok := r.readOf[secret]; ok && !seen[i] {
			r.module.Reads[i].Optional = true
		}
	}
}

// evaluateRead says of a read what the code does at one evaluation. again reports
// that there was another one: the code only works if it does at both.
func (r *reader) evaluateRead(a *Access, at *node, again bool) {
	optional, outcomes := a.Optional, r.outcomes(at)
	if !again || optional {
		optional = a.Optional && !again || r.isGuarded(at.region, a.Name)
	}
	if again {
		outcomes = worst(outcomes, a.Outcomes)
	}
	a.Optional, a.Outcomes = optional, outcomes
}

// worst returns of each error the worse outcome.
func worst(a, b Outcomes) Outcomes {
	for i := range a {
		if !b[i].Handled || b[i].Hidden && a[i].Handled {
			a[i] = b[i]
		}
	}
	return a
}

func (r *reader) outcomes(read *node) (all Outcomes) {
	for e := range all {
		all[e] = r.outcome(read, Error(e))
	}
	return all
}

// outcome returns what the handlers around a read do about an error.
func (r *reader) outcome(read *node, e Error) Outcome {
	at := read.region
	for range maxRegions {
		if at == nil || at.kind == regionFunction {
			break
		}
		switch at.kind {
		case regionTry:
			if h, broad := r.handlerFor(at.try, e, read); h != nil {
				hidden := broad && r.holdsMore(at.try, read)
				return Outcome{Handled: !h.raises, Hidden: hidden, Handler: h.start}
			}
		case regionWith:
			if r.suppresses(at.cond, e, read) {
				return Outcome{Handled: true}
			}
		}
		at = at.parent
	}
	return Outcome{}
}

// handlerFor returns the first handler that catches an error. broad reports that it
// catches any.
func (r *reader) handlerFor(t *try, e Error, read *node) (h *handler, broad bool) {
	for _, h := range t.handlers[:min(len(t.handlers), maxConditions)] {
		if h.classes == nil {
			return h, true
		}
		if caught, broad := r.catches(h.classes, e, read); caught {
			return h, broad
		}
	}
	return nil, false
}

// suppresses reports whether a context manager catches an error, as those of tests
// that expect it do.
func (r *reader) suppresses(manager *node, e Error, read *node) bool {
	if manager.kind != nodeCall || r.callee(manager) != suppressPath && !expectsError(manager.base) {
		return false
	}
	return slices.ContainsFunc(manager.args[:min(len(manager.args), maxConditions)], func(a arg) bool {
		caught, _ := r.catches(a.value, e, read)
		return a.name == "" && caught
	})
}

// expectsError reports whether a function is pytest.raises, or assertRaises of a
// TestCase.
func expectsError(f *node) bool {
	if f.kind == nodeAttr && (f.name == "assertRaises" || f.name == "assertRaisesRegex") {
		return true
	}
	return f.name == "raises" && (f.kind == nodeName || f.kind == nodeAttr && f.base.kind == nodeName && f.base.name == "pytest")
}

// catches reports whether a class, or one of a tuple of them, catches an error that a
// read ends with. broad reports that it catches any error.
func (r *reader) catches(classes *node, e Error, read *node) (caught, broad bool) {
	if list := r.value(classes).literal; list != nil {
		for _, class := range list.items[:min(len(list.items), maxConditions)] {
			if c, b := r.catchesOne(class, e, read); c {
				caught, broad = true, broad || b
			}
		}
		return caught, broad
	}
	return r.catchesOne(classes, e, read)
}

// catchesOne is catches for one class. The classes of Python have no path, and those
// of Prefect have one.
func (r *reader) catchesOne(class *node, e Error, read *node) (caught, broad bool) {
	path := r.value(class).path
	if isPrefect(path) {
		_, name := splitPath(path)
		return e == ClientError && containsWord("ClientError PrefectError PrefectException", name), false
	}
	if class.kind != nodeName {
		return false, false
	}
	if scope, _ := class.scope.lookup(class.name); scope != nil {
		return false, false
	}
	switch class.name {
	case "Exception", "BaseException":
		return true, true
	case "ValueError":
		return e == ValueError, false
	case "KeyError", "LookupError":
		return e == KeyError, false
	case "AttributeError":
		return e == KeyError && read.kind != nodeCall, false // Box raises both in one
	}
	return false, false
}

// holdsMore reports whether the body of a try calls or looks up anything but a read.
func (r *reader) holdsMore(t *try, read *node) bool {
	return slices.ContainsFunc(r.nodes[t.body.Start:max(t.body.Start, t.body.End)], func(n *node) bool {
		return n.kind != nodeAttr && n.use == load && n.start != read.start && (n.start < read.start || n.end > read.end)
	})
}
