package server

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// settleAfter is how long lines may stay uncounted that were not written.
const unwrittenDelay = 5 * time.Second

// SpareLog bounds the lines of a log that clients can cause: of each message 200 at
// once and 50 a second are written. Those beyond it are counted, and the next line
// with the message has the count as unwritten, 5 s later at the latest.
func LimitLog(log *slog.Logger) *slog.Logger {
	return slog.New(&limitHandler{log.Handler(), &limitedLines{messages: map[string]*lineLimiter{}}})
}

// spareLines are the lines of each message that may still be written. Messages are
// this program's own constants, and few.
type limitedLines struct {
	mu       sync.Mutex
	messages map[string]*lineLimiter
}

type limitHandler struct {
	slog.Handler
	lines *limitedLines
}

func (h *limitHandler) Handle(ctx context.Context, r slog.Record) error {
	unwritten, ok := h.allow(r)
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
func (h *limitHandler) allow(r slog.Record) (unwritten int, ok bool) {
	h.lines.mu.Lock()
	defer h.lines.mu.Unlock()
	kind := h.lines.messages[r.Message]
	if kind == nil {
		kind = newLineLimiter(linesPerSecond)
		h.lines.messages[r.Message] = kind
	}
	if kind.allow(r.Time) {
		return kind.takeUnwritten(), true
	}
	if kind.unwritten == 1 {
		time.AfterFunc(unwrittenDelay, func() { h.writeUnwritten(kind, r.Level, r.Message) })
	}
	return 0, false
}

// settle writes a line that counts, unless one has.
func (h *limitHandler) writeUnwritten(kind *lineLimiter, level slog.Level, message string) {
	h.lines.mu.Lock()
	unwritten := kind.takeUnwritten()
	h.lines.mu.Unlock()
	if unwritten == 0 {
		return
	}
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(slog.Int("unwritten", unwritten))
	_ = h.Handler.Handle(context.Background(), r)
}

func (h *limitHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &limitHandler{h.Handler.WithAttrs(attrs), h.lines}
}

func (h *limitHandler) WithGroup(name string) slog.Handler {
	return &limitHandler{h.Handler.WithGroup(name), h.lines}
}

// debugWriter gives what net/http says of connections one message, for it writes
// the client's address into its own.
type debugWriter struct{ log *slog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug("a connection failed", "error", string(line))
	return len(line), nil
}
