package filestore

import (
	"context"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
)

// maxCommit is the most writes that share one commit.
const maxCommit = 256

// writer is the one goroutine that writes. While it commits, others queue; all
// that wait when it is done go into the next commit, and with it to the disk at
// once.
type writer struct {
	boltFile
	queue  chan *change
	closed chan struct{} // closed by stop
	done   chan struct{} // closed when run has ended
	once   sync.Once
	broken error // of run alone: a commit after which the file is not to be trusted
}

// write is one change. Apply either makes the whole change or returns an error.
type change struct {
	ctx   context.Context
	apply func(*bbolt.Tx) (changed bool, err error)
	reply chan result // has room for one
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

// stop waits for the commit that is under way. It reports whether it was the
// first to stop.
func (w *writer) stop() (first bool) {
	w.once.Do(func() { close(w.closed); first = true })
	<-w.done
	return first
}

// do queues a change and waits until it is on the disk or refused.
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

// collect takes what waits beside the first.
func (w *writer) collect(first *change) []*change {
	writes := []*change{first}
	for len(writes) < maxCommit {
		select {
		case next := <-w.queue:
			writes = append(writes, next)
		default:
			return writes
		}
	}
	return writes
}

// commit makes changes durable together and then answers. Where that fails, as on
// a full disk, each is tried alone, for some may still have room.
func (w *writer) commit(writes []*change) {
	results, err := w.transact(writes)
	if err != nil && len(writes) > 1 {
		for _, one := range writes {
			w.commit([]*change{one})
		}
		return
	}
	for i, one := range writes {
		if err != nil {
			results[i] = result{err: err}
		}
		one.reply <- results[i]
	}
}

// transact returns the results of changes and, if none of them was kept, why.
func (w *writer) transact(writes []*change) ([]result, error) {
	results := make([]result, len(writes))
	if w.broken != nil {
		return results, w.broken
	}
	if err := w.inPlace(); err != nil {
		return results, fmt.Errorf("nothing was written: %w", err)
	}
	err := recoverDamage(func() error {
		return w.db.Update(func(tx *bbolt.Tx) error {
			for i, one := range writes {
				if results[i].err = contextError(one.ctx); results[i].err == nil {
					results[i].changed, results[i].err = one.apply(tx)
				}
			}
			return nil
		})
	})
	if err == nil {
		return results, nil
	}
	if !isOutOfSpace(err) {
		w.broken = fmt.Errorf("the store takes no more writes, open it again: %w", err)
	}
	return results, fmt.Errorf("nothing was written: %w", err)
}

func contextError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the store stopped: %w", err)
	}
	return nil
}
