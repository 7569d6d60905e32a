// Package interrupts turns the signals that end a process into steps, so that a run
// can report what it did before it ends.
package interrupts

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

// Signals turns SIGINT and SIGTERM into steps:
//
//   - The first signal ends the context. A command then waits for requests in flight.
//   - The first signal of the other kind ends these as well, for a command that reports
//     ([Signals.Hurry]). It ends any other process.
//   - A second signal of one kind ends the process at once.
//
// GitHub sends SIGINT to a step that is cancelled, SIGTERM 7.5 s later, and kills it
// 2.5 s after that (actions/runner, ProcessInvoker.cs).
type Signals struct {
	exit  func(code int)
	stop  context.CancelFunc
	hurry chan struct{}

	mu      sync.Mutex
	tell    func(text string) // nil for nobody
	seen    map[os.Signal]bool
	reports bool // whether the command reports once hurry is closed
}

// Listen handles the signals until the returned function is called.
func Listen(parent context.Context) (ctx context.Context, s *Signals, end func()) {
	ctx, cancel := context.WithCancel(parent)
	s = &Signals{exit: os.Exit, stop: cancel, hurry: make(chan struct{}), seen: map[os.Signal]bool{}}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for received := range signals {
			s.handle(received)
		}
	}()
	return ctx, s, func() { signal.Stop(signals); close(signals); cancel() }
}

// handle takes the step for a signal.
func (s *Signals) handle(received os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repeated := s.seen[received]
	s.seen[received] = true
	switch {
	case repeated || len(s.seen) > 1 && !s.reports:
		if s.reports {
			s.notice("stopped at once: it is unknown which changes in flight were made")
		}
		s.exit(exit.Signalled(received))
	case len(s.seen) > 1:
		close(s.hurry)
	default:
		if s.reports {
			s.notice("interrupted: no more is sent, and requests in flight are waited for; interrupt again to stop at once")
		}
		s.stop()
	}
}

func (s *Signals) notice(text string) {
	if s.tell != nil {
		s.tell(text)
	}
}

// Tell sets the function that is called with what the first signal does to a command
// that reports, and with what is unknown when another one ends it at once. It does
// nothing on a nil receiver.
func (s *Signals) Tell(tell func(text string)) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tell = tell
}

// Hurry returns a channel that is closed when there is no more time to wait for
// requests in flight. Its caller must report then. A nil receiver never hurries.
func (s *Signals) Hurry() <-chan struct{} {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = true
	return s.hurry
}

// Patient returns a context that outlives ctx until there is no more time to wait
// ([Signals.Hurry]), and a function that releases it.
func (s *Signals) Patient(ctx context.Context) (context.Context, context.CancelFunc) {
	patient, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	hurry, released := s.Hurry(), make(chan struct{})
	go func() {
		select {
		case <-hurry:
			cancel(exit.ErrStopped)
		case <-released:
		}
	}()
	return patient, sync.OnceFunc(func() { close(released); cancel(nil) })
}

// Reader returns a reader of in that gives up when the context ends.
func Reader(ctx context.Context, in io.Reader) io.Reader { return reader{ctx, in} }

type reader struct {
	ctx context.Context
	in  io.Reader
}

// Read reads from in. Bytes that arrive after the context has ended are lost.
func (r reader) Read(p []byte) (int, error) {
	type result struct {
		bytes []byte
		err   error
	}
	read := make(chan result, 1)
	go func() {
		buffer := make([]byte, len(p))
		n, err := r.in.Read(buffer)
		read <- result{buffer[:n], err}
	}()
	select {
	case got := <-read:
		return copy(p, got.bytes), got.err
	case <-r.ctx.Done():
		return 0, &exit.Error{Code: exit.Partly, Err: errors.New("interrupted before standard input ended; nothing was changed")}
	}
}
