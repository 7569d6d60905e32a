package graphql

import "sync"

// Keyed is a root of [Operation.Execute] that lets fields of Mutation be resolved
// at once. What is observed stays in document order: the calls of Around, results
// and errors.
type Keyed interface {
	// Key names what a field changes. Consecutive fields that have a key may be
	// resolved at the same time, and before Around is called for them; those of one
	// key are resolved one after another. A field whose key is "" is resolved when
	// all before it are done, and before any after it. Around must resolve every
	// field that has a key.
	Key(f *Field) string
	// Parallel bounds how many fields of a document are resolved at once; with less
	// than 2, one after another.
	Parallel() int
}

// ahead holds the results of fields that are resolved before their turn.
type lookahead struct {
	root    Keyed
	resolve func(*Field) (any, error)
	results map[*Field]chan result
	running sync.WaitGroup
}

type result struct {
	value    any
	err      error
	panicked any
}

// inParallel gives what resolves the fields of an operation, and what waits for
// everything that it has begun.
func (op *Operation) inParallel(root any, resolve func(*Field) (any, error)) (func(*Field) (any, error), func()) {
	keyed, ok := root.(Keyed)
	if !ok || !op.Mutation || len(op.Fields) < 2 || keyed.Parallel() < 2 {
		return resolve, func() {}
	}
	a := &lookahead{root: keyed, resolve: resolve, results: map[*Field]chan result{}}
	turn := 0
	return func(f *Field) (any, error) {
		for op.Fields[turn] != f {
			turn++
		}
		if a.results[f] == nil {
			a.start(op.Fields[turn:])
		}
		return a.wait(f)
	}, a.running.Wait
}

// begin resolves the fields with a key with which a list of fields begins.
func (a *lookahead) start(fields []*Field) {
	byKey, order := map[string][]*Field{}, []string{}
	for _, f := range fields {
		key := a.root.Key(f)
		if key == "" {
			break
		}
		if byKey[key] == nil {
			order = append(order, key)
		}
		byKey[key] = append(byKey[key], f)
		a.results[f] = make(chan result, 1)
	}
	queue := make(chan []*Field, len(order))
	for _, key := range order {
		queue <- byKey[key]
	}
	close(queue)
	for range min(a.root.Parallel(), len(order)) {
		a.running.Go(func() { a.work(queue) })
	}
}

func (a *lookahead) work(queue <-chan []*Field) {
	for same := range queue {
		for _, f := range same {
			a.results[f] <- a.resolveSafely(f)
		}
	}
}

// safely keeps a panic for the goroutine that waits for the field.
func (a *lookahead) resolveSafely(f *Field) (out result) {
	defer func() { out.panicked = recover() }()
	out.value, out.err = a.resolve(f)
	return out
}

func (a *lookahead) wait(f *Field) (any, error) {
	begun, ok := a.results[f]
	if !ok {
		return a.resolve(f)
	}
	out := <-begun
	if out.panicked != nil {
		panic(out.panicked)
	}
	return out.value, out.err
}
