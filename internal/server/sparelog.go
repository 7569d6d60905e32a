package server

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// settleAfter is how long lines may stay uncounted that were not written.
const settleAfter = 5 * time.Second

// SpareLog bounds the lines of a log that clients can cause: of each message 200 at
// once and 50 a second are written. Those beyond it are counted, and the next line
// with the message has the count as unwritten, 5 s later at the latest.
func SpareLog(log *slog.Logger) *slog.Logger {
	return slog.New(&spareHandler{log.Handler(), &spareLines{kinds: map[string]*allowance{}}})
}

// spareLines are the lines of each message that may still be written. Messages are
// this program's own constants, and few.
type spareLines struct {
	mu    sync.Mutex
	kinds map[string]*allowance
}

type spareHandler struct {
	slog.Handler
	lines *spareLines
}

func (h *spareHandler) Handle(ctx context.Context, r slog.Record) error {
	unwritten, ok := h.take(r)
	if !ok {
		return nil
	}
	if unwritten > 0 {
		r.AddAttrs(slog.Int("unwritten", unwritten))
	}
	return h.Handler.Handle(ctx, r)
}

// take reports whether a line may be written, and how many before it were not. The
// first that is not has a line follow it that counts them.
func (h *spareHandler) take(r slog.Record) (unwritten int, ok bool) {
	h.lines.mu.Lock()
	defer h.lines.mu.Unlock()
	kind := h.lines.kinds[r.Message]
	if kind == nil {
		kind = newAllowance(linesPerSecond)
		h.lines.kinds[r.Message] = kind
	}
	if kind.take(r.Time) {
		return kind.told(), true
	}
	if kind.unwritten == 1 {
		time.AfterFunc(settleAfter, func() { h.settle(kind, r.Level, r.Message) })
	}
	return 0, false
}

// settle writes a line that counts, unless one has.
func (h *spareHandler) settle(kind *allowance, level slog.Level, message string) {
	h.lines.mu.Lock()
	unwritten := kind.told()
	h.lines.mu.Unlock()
	if unwritten == 0 {
		return
	}
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(slog.Int("unwritten", unwritten))
	_ = h.Handler.Handle(context.Background(), r)
}

func (h *spareHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &spareHandler{h.Handler.WithAttrs(attrs), h.lines}
}

func (h *spareHandler) WithGroup(name string) slog.Handler {
	return &spareHandler{h.Handler.WithGroup(name), h.lines}
}

// debugWriter gives what net/http says of connections one message, for it writes
// the client's address into its own.
type debugWriter struct{ log *slog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug("a connection failed", "error", string(line))
	return len(line), nil
}
