package graphql

import "sync"

// Keyed is a root of [Operation.Execute] that lets fields of Mutation be resolved
// concurrently. What can be observed stays in document order: the calls of the
// middleware, results and errors.
type Keyed interface {
	// Key names what a field changes. Consecutive fields with keys may be resolved at
	// the same time, and before the middleware is called for them; fields with the
	// same key are resolved one after another. A field whose key is "" is resolved
	// after all fields before it and before any after it. The middleware must resolve
	// every field that has a key.
	Key(f *Field) string
	// Parallel bounds how many fields of a document are resolved at the same time.
	// With less than 2 they are resolved one after another.
	Parallel() int
}

// lookahead resolves fields before the middleware asks for them.
type lookahead struct {
	root    Keyed
	resolve resolveFunc
	pending []*Field // those that the middleware may still ask for, in order
	results map[*Field]chan result
	running sync.WaitGroup
}

type result struct {
	value    any
	err      error
	panicked any
}

// lookahead returns what resolves the fields of the operation ahead, nil if root does
// not allow it.
func (op *Operation) lookahead(root any, resolve resolveFunc) *lookahead {
	keyed, ok := root.(Keyed)
	if !ok || !op.Mutation || len(op.Fields) < 2 || keyed.Parallel() < 2 {
		return nil
	}
	return &lookahead{root: keyed, resolve: resolve, pending: op.Fields, results: map[*Field]chan result{}}
}

// started reports whether f was resolved ahead, or is being resolved.
func (l *lookahead) started(f *Field) bool { return l != nil && l.results[f] != nil }

// wait waits for everything that was started.
func (l *lookahead) wait() {
	if l != nil {
		l.running.Wait()
	}
}

// field returns the result of f. The middleware asks for fields in order, but may
// omit some.
func (l *lookahead) field(f *Field) (any, error) {
	for l.pending[0] != f {
		l.pending = l.pending[1:]
	}
	if l.results[f] == nil {
		l.start()
	}
	started, ok := l.results[f]
	if !ok {
		return l.resolve(f)
	}
	r := <-started
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.value, r.err
}

// start starts to resolve the pending fields, up to the first without a key.
func (l *lookahead) start() {
	byKey, order := map[string][]*Field{}, []string{}
	for _, f := range l.pending {
		key := l.root.Key(f)
		if key == "" {
			break
		}
		if byKey[key] == nil {
			order = append(order, key)
		}
		byKey[key] = append(byKey[key], f)
		l.results[f] = make(chan result, 1)
	}
	queue := make(chan []*Field, len(order))
	for _, key := range order {
		queue <- byKey[key]
	}
	close(queue)
	for range min(l.root.Parallel(), len(order)) {
		l.running.Go(func() { l.work(queue) })
	}
}

// work resolves queued fields, those with one key one after another.
func (l *lookahead) work(queue <-chan []*Field) {
	for fields := range queue {
		for _, f := range fields {
			l.results[f] <- l.resolveSafely(f)
		}
	}
}

// resolveSafely catches a panic, for the goroutine that waits for the field.
func (l *lookahead) resolveSafely(f *Field) (r result) {
	defer func() { r.panicked = recover() }()
	r.value, r.err = l.resolve(f)
	return r
}
