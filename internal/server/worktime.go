package server

import (
	"context"
	"sync/atomic"
	"time"
)

// worktime is the context of the work on a request. It ends when the work has taken
// so much time, without the time that it stood still.
type worktime struct {
	context.Context
	cancel context.CancelFunc
	timer  *time.Timer
	left   time.Duration
	since  time.Time
	over   atomic.Bool
}

func newWorktime(parent context.Context, limit time.Duration) *worktime {
	w := &worktime{left: limit, since: time.Now()}
	w.Context, w.cancel = context.WithCancel(parent)
	w.timer = time.AfterFunc(limit, func() {
		w.over.Store(true)
		w.cancel()
	})
	return w
}

// Err implements [context.Context].
func (w *worktime) Err() error {
	if w.over.Load() {
		return context.DeadlineExceeded
	}
	return w.Context.Err()
}

func (w *worktime) pause() {
	if w.timer.Stop() {
		w.left -= time.Since(w.since)
	}
}

func (w *worktime) resume() {
	w.since = time.Now()
	w.timer.Reset(max(0, w.left))
}

func (w *worktime) stop() {
	w.timer.Stop()
	w.cancel()
}
