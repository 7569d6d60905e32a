package graphql

import (
	"context"
	"sync"
	"sync/atomic"
)

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
	ctx     context.Context
	root    Keyed
	resolve resolveFunc
	pending []*Field // those that the middleware may still ask for, in order
	results map[*Field]*result
	stopped atomic.Bool // no more fields begin
	running sync.WaitGroup
}

// result is that of one field, once done is closed.
type result struct {
	done     chan struct{}
	skipped  bool // it was not begun
	value    any
	err      error
	panicked any
}

// lookahead returns what resolves the fields of the operation ahead, nil if root does
// not allow it.
func (op *Operation) lookahead(ctx context.Context, root any, resolve resolveFunc) *lookahead {
	keyed, ok := root.(Keyed)
	if !ok || !op.Mutation || len(op.Fields) < 2 || keyed.Parallel() < 2 {
		return nil
	}
	return &lookahead{ctx: ctx, root: keyed, resolve: resolve, pending: op.Fields, results: map[*Field]*result{}}
}

// stop lets no more fields begin, and reports whether f has begun. It waits for f.
func (l *lookahead) stop(f *Field) (begun bool) {
	if l == nil {
		return false
	}
	l.stopped.Store(true)
	return l.await(f) != nil
}

// await waits for f and returns its result, or nil if it has not begun.
func (l *lookahead) await(f *Field) *result {
	r := l.results[f]
	if r == nil {
		return nil
	}
	if <-r.done; r.skipped {
		return nil
	}
	return r
}

// end waits for everything that has begun. If the caller panics, it calls record for the
// fields that have begun and that the middleware has not seen, and panics again.
func (l *lookahead) end(record func(*Field)) {
	if l == nil {
		return
	}
	l.stopped.Store(true)
	l.running.Wait()
	panicked := recover()
	if panicked == nil {
		return
	}
	for _, f := range l.pending[1:] {
		if l.stop(f) {
			func() {
				defer func() { _ = recover() }()
				record(f)
			}()
		}
	}
	panic(panicked)
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
	r := l.await(f)
	if r == nil {
		return l.resolve(f)
	}
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
		l.results[f] = &result{done: make(chan struct{})}
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

// work resolves queued fields, those with one key one after another. It skips them once
// the operation has stopped.
func (l *lookahead) work(queue <-chan []*Field) {
	for fields := range queue {
		for _, f := range fields {
			r := l.results[f]
			if r.skipped = l.stopped.Load() || l.ctx.Err() != nil; !r.skipped {
				l.resolveSafely(f, r)
			}
			close(r.done)
		}
	}
}

// resolveSafely catches a panic, for the goroutine that waits for the field.
func (l *lookahead) resolveSafely(f *Field, r *result) {
	defer func() { r.panicked = recover() }()
	r.value, r.err = l.resolve(f)
}
