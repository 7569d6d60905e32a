package server

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// unwrittenDelay is how long dropped lines may stay unreported.
const unwrittenDelay = 5 * time.Second

// LimitLog bounds the lines of a log that clients can cause: of each message 200 at
// once and 50 a second are written. Those beyond are counted. The next line with the
// message has the count as unwritten, 5 s later at the latest.
func LimitLog(log *slog.Logger) *slog.Logger {
	return slog.New(&limitHandler{log.Handler(), &messageLimits{limiters: map[string]*lineLimiter{}}})
}

// messageLimits bound the lines of each message. Messages are constants of this
// program, and few.
type messageLimits struct {
	mu       sync.Mutex
	limiters map[string]*lineLimiter
}

type limitHandler struct {
	slog.Handler
	limits *messageLimits
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

// allow reports whether a line may be written, and how many before it were not. The
// first line that may not be written schedules one that reports the count.
func (h *limitHandler) allow(r slog.Record) (unwritten int, ok bool) {
	h.limits.mu.Lock()
	defer h.limits.mu.Unlock()
	limiter := h.limits.limiters[r.Message]
	if limiter == nil {
		limiter = newLineLimiter(linesPerSecond)
		h.limits.limiters[r.Message] = limiter
	}
	if limiter.allow(r.Time) {
		return limiter.takeUnwritten(), true
	}
	if limiter.unwritten == 1 {
		time.AfterFunc(unwrittenDelay, func() { h.writeUnwrittenCount(limiter, r.Level, r.Message) })
	}
	return 0, false
}

// writeUnwrittenCount writes a line with the count, unless another line has reported it.
func (h *limitHandler) writeUnwrittenCount(limiter *lineLimiter, level slog.Level, message string) {
	h.limits.mu.Lock()
	unwritten := limiter.takeUnwritten()
	h.limits.mu.Unlock()
	if unwritten == 0 {
		return
	}
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(slog.Int("unwritten", unwritten))
	_ = h.Handler.Handle(context.Background(), r)
}

func (h *limitHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &limitHandler{h.Handler.WithAttrs(attrs), h.limits}
}

func (h *limitHandler) WithGroup(name string) slog.Handler {
	return &limitHandler{h.Handler.WithGroup(name), h.limits}
}

// debugWriter logs net/http's lines about connections under one message, since their
// texts differ by the client's address.
type debugWriter struct{ log *slog.Logger }

func (w debugWriter) Write(line []byte) (int, error) {
	w.log.Debug("a connection failed", "error", string(line))
	return len(line), nil
}
