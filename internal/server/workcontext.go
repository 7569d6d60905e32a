package server

import (
	"context"
	"sync/atomic"
	"time"
)

// workContext is the context of the work on a request. It ends once the work has taken
// its time; while it is paused no time passes.
type workContext struct {
	context.Context
	cancel    context.CancelFunc
	timer     *time.Timer
	remaining time.Duration // at resumed
	resumed   time.Time
	expired   atomic.Bool
}

func newWorkContext(parent context.Context, limit time.Duration) *workContext {
	w := &workContext{remaining: limit, resumed: time.Now()}
	w.Context, w.cancel = context.WithCancel(parent)
	w.timer = time.AfterFunc(limit, func() {
		w.expired.Store(true)
		w.cancel()
	})
	return w
}

// Err implements [context.Context].
func (w *workContext) Err() error {
	if w.expired.Load() {
		return context.DeadlineExceeded
	}
	return w.Context.Err()
}

func (w *workContext) pause() {
	if w.timer.Stop() {
		w.remaining -= time.Since(w.resumed)
	}
}

func (w *workContext) resume() {
	w.resumed = time.Now()
	w.timer.Reset(max(0, w.remaining))
}

func (w *workContext) stop() {
	w.timer.Stop()
	w.cancel()
}
