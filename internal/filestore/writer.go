package filestore

import (
	"context"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
)

// maxCommit is the most writes that share one commit.
const maxCommit = 256

// writer is the one goroutine that writes. While it commits, changes queue; all
// that wait when it is done share the next commit.
type writer struct {
	boltFile
	queue  chan *change
	closed chan struct{} // closed by stop
	done   chan struct{} // closed when run has ended
	once   sync.Once
	broken error // used by run alone: why the file is not trusted after a commit
}

// change is one write. Apply makes all of it or returns an error.
type change struct {
	ctx   context.Context
	apply func(*bbolt.Tx) (changed bool, err error)
	reply chan result // buffers one
}

type result struct {
	changed bool
	err     error
}

func startWriter(file boltFile) *writer {
	w := &writer{boltFile: file, queue: make(chan *change), closed: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

// stop waits for the running commit. It reports whether this was the first call.
func (w *writer) stop() (first bool) {
	w.once.Do(func() { close(w.closed); first = true })
	<-w.done
	return first
}

// write queues a change and waits until it is on the disk or refused.
func (w *writer) write(ctx context.Context, apply func(*bbolt.Tx) (bool, error)) (bool, error) {
	change := &change{ctx, apply, make(chan result, 1)}
	select {
	case w.queue <- change:
	case <-ctx.Done():
		return false, contextError(ctx)
	case <-w.closed:
		return false, ErrClosed
	}
	select {
	case r := <-change.reply:
		return r.changed, r.err
	case <-ctx.Done():
		return false, contextError(ctx)
	}
}

func (w *writer) run() {
	defer close(w.done)
	for {
		select {
		case first := <-w.queue:
			w.commit(w.collect(first))
		case <-w.closed:
			return
		}
	}
}

// collect returns first and the changes that are waiting, up to maxCommit.
func (w *writer) collect(first *change) []*change {
	changes := []*change{first}
	for len(changes) < maxCommit {
		select {
		case next := <-w.queue:
			changes = append(changes, next)
		default:
			return changes
		}
	}
	return changes
}

// commit makes changes durable together and then replies. If that fails, as on a
// full disk, it tries each alone, because some may still fit.
func (w *writer) commit(changes []*change) {
	results, err := w.transact(changes)
	if err != nil && len(changes) > 1 {
		for _, c := range changes {
			w.commit([]*change{c})
		}
		return
	}
	for i, c := range changes {
		if err != nil {
			results[i] = result{err: err}
		}
		c.reply <- results[i]
	}
}

// transact returns the results of changes, or the error that kept all of them from
// being committed.
func (w *writer) transact(changes []*change) ([]result, error) {
	results := make([]result, len(changes))
	if w.broken != nil {
		return results, w.broken
	}
	if err := w.checkInPlace(); err != nil {
		return results, fmt.Errorf("nothing was written: %w", err)
	}
	err := recoverDamage(func() error {
		return w.db.Update(func(tx *bbolt.Tx) error {
			for i, c := range changes {
				if results[i].err = contextError(c.ctx); results[i].err == nil {
					results[i].changed, results[i].err = c.apply(tx)
				}
			}
			return nil
		})
	})
	if err == nil {
		return results, nil
	}
	if !isOutOfSpace(err) {
		w.broken = fmt.Errorf("the store accepts no more writes: open it again: %w", err)
	}
	return results, fmt.Errorf("nothing was written: %w", err)
}

// contextError returns nil while ctx is not done.
func contextError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the store stopped: %w", err)
	}
	return nil
}
