// Package groupcommit collects changes that wait at the same time, so that they share
// one commit and the time that the disk takes for it.
package groupcommit

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed means that the queue was closed.
var ErrClosed = errors.New("the queue is closed")

// maxPatience bounds how long a group waits for more, however long the last commit took.
const maxPatience = 5 * time.Millisecond

// smallGroup is the largest group for which the sync takes most of the time of a commit,
// which changes save that the group waits for. In a larger group writing them takes most of
// it, and waiting saves less.
const smallGroup = 32

// Queue passes changes from any number of goroutines to the one that commits. While it
// commits, changes wait; then they form the next group.
//
// Those whose change was just committed often have another at once. A group that did
// not wait for them would leave without them, and so half of all writers would wait in
// turn for the other half. So a group waits for as many changes as there were writers
// when the last one was committed, but at most as long as that commit took, and half as
// long if it had many changes. A lone writer never waits.
type Queue[T any] struct {
	most    int
	changes chan T
	waiting atomic.Int64 // calls of Add
	closed  chan struct{}
	once    sync.Once

	// Of Next and Committed alone.
	last     int           // length of the last group
	returned time.Time     // when Next returned it
	expected int           // writers when it was committed
	patience time.Duration // how long the next group waits for them
}

// New returns a queue whose groups have at most so many changes.
func New[T any](most int) *Queue[T] {
	return &Queue[T]{most: most, changes: make(chan T), closed: make(chan struct{})}
}

// Add waits until Next takes the change. If ctx ends before, it returns ctx.Err(); if
// the queue is closed, [ErrClosed].
func (q *Queue[T]) Add(ctx context.Context, change T) error {
	q.waiting.Add(1)
	defer q.waiting.Add(-1)
	select {
	case q.changes <- change:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-q.closed:
		return ErrClosed
	}
}

// Close lets Next return no more groups. It reports whether this was the first call.
func (q *Queue[T]) Close() (first bool) {
	q.once.Do(func() { close(q.closed); first = true })
	return first
}

// Next returns the next group in order of arrival, or nil once the queue is closed. The
// caller, one goroutine, commits it, calls Committed, tells the writers, and calls Next
// again.
func (q *Queue[T]) Next() []T {
	start := time.Now()
	group := q.take(nil)
	if len(group) == 0 {
		select {
		case first := <-q.changes:
			group = q.gather([]T{first})
		case <-q.closed:
			return nil
		}
	}
	group = q.await(group, q.patience-time.Since(start))
	q.last, q.returned = len(group), time.Now()
	return group
}

// Committed notes how many writers there are, and how long the commit of the last group
// took.
func (q *Queue[T]) Committed() {
	q.expected = min(q.last+int(q.waiting.Load()), q.most)
	q.patience = time.Since(q.returned)
	if q.last > smallGroup {
		q.patience /= 2
	}
	q.patience = min(q.patience, maxPatience)
}

// take adds the changes that wait now to a group.
func (q *Queue[T]) take(group []T) []T {
	for len(group) < q.most {
		select {
		case change := <-q.changes:
			group = append(group, change)
		default:
			return group
		}
	}
	return group
}

// gather adds the changes of goroutines that are about to call Add, such as those that write
// the secrets of one document.
func (q *Queue[T]) gather(group []T) []T {
	for {
		before := len(group)
		runtime.Gosched()
		if group = q.take(group); len(group) == before || len(group) == q.most {
			return group
		}
	}
}

// await adds changes to a group until it is as long as expected or the time is over.
func (q *Queue[T]) await(group []T, wait time.Duration) []T {
	if len(group) >= q.expected || wait <= 0 {
		return q.take(group)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for len(group) < q.expected {
		select {
		case change := <-q.changes:
			group = append(group, change)
		case <-timer.C:
			return group
		}
	}
	return q.take(group)
}
