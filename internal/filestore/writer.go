package filestore

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/prefect-secrets/prefect-secrets/internal/groupcommit"
	"github.com/prefect-secrets/prefect-secrets/internal/turns"
)

// maxCommit is the most writes that share one commit.
const maxCommit = 256

// Concurrency is how many writes of one document are made at once, so that they can share
// commits: a sync sends a hundred secrets in a document.
const Concurrency = 32

// maxQueued is how many writes are in the queue: a commit and the next one. The others wait
// for their turn, so that the many writes of one tenant do not delay another.
const maxQueued = 2 * maxCommit

// writer is the one goroutine that writes. While it commits, changes wait, and then
// share the next commit.
type writer struct {
	boltFile
	turns  *turns.Pool
	queue  *groupcommit.Queue[*change]
	done   chan struct{} // closed when run has ended
	broken error         // used by run alone: why the file is not trusted after a commit
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
	w := &writer{
		boltFile: file,
		turns:    turns.New(turns.Config{Size: maxQueued}),
		queue:    groupcommit.New[*change](maxCommit),
		done:     make(chan struct{}),
	}
	go w.run()
	return w
}

// stop waits for the running commit. It reports whether this was the first call.
func (w *writer) stop() (first bool) {
	first = w.queue.Close()
	<-w.done
	return first
}

// write queues a change of a tenant and waits until it is on the disk or refused.
func (w *writer) write(ctx context.Context, tenant string, apply func(*bbolt.Tx) (bool, error)) (bool, error) {
	turn := w.turns.Claim(tenant)
	if turn.Take(ctx, 1) != nil {
		return false, contextError(ctx)
	}
	defer turn.Release()
	change := &change{ctx, apply, make(chan result, 1)}
	err := w.queue.Add(ctx, change)
	switch {
	case errors.Is(err, groupcommit.ErrClosed):
		return false, ErrClosed
	case err != nil:
		return false, contextError(ctx)
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
	for changes := w.queue.Next(); changes != nil; changes = w.queue.Next() {
		w.commit(changes)
	}
}

// commit makes changes durable together and then replies. If that fails, as on a
// full disk, it tries each alone, because some may still fit.
func (w *writer) commit(changes []*change) {
	results, err := w.transact(changes)
	w.queue.Committed()
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

// errUnchanged ends a transaction that wrote nothing, so that it costs no commit.
var errUnchanged = errors.New("nothing to commit")

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
		return w.db.Update(func(tx *bbolt.Tx) error { return applyAll(tx, changes, results) })
	})
	if err == nil || errors.Is(err, errUnchanged) {
		return results, nil
	}
	if !isOutOfSpace(err) {
		w.broken = fmt.Errorf("the store accepts no more writes: open it again: %w", err)
	}
	return results, fmt.Errorf("nothing was written: %w", err)
}

// applyAll fills in the results of changes. It returns errUnchanged if the transaction
// is as it was before.
func applyAll(tx *bbolt.Tx, changes []*change, results []result) error {
	err := errUnchanged
	for i, c := range changes {
		if results[i].err = contextError(c.ctx); results[i].err == nil {
			results[i].changed, results[i].err = c.apply(tx)
		}
		if results[i].changed {
			err = nil
		}
	}
	return err
}

// contextError returns nil while ctx is not done.
func contextError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the store stopped: %w", err)
	}
	return nil
}
