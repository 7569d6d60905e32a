package server

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Audit is the log of who did what to which secret, one JSON object a line. A line is
// written before the client has the outcome. If it cannot be written, the client gets
// API_ERROR in place of the outcome and the line counts as lost. From then on requests
// are refused with 503 until a line that reports the lost ones can be written. So the
// log lacks at most what was in progress when it broke, and says so itself.
//
// Lines about refusals are bounded, since they cost the client nothing: for each key
// 200 at once and 10 a second; for all requests without a recognised key together 200
// at once and 50 a second. Those beyond are counted. The next such line has the count
// as unwritten, 5 s later at the latest.
type Audit struct {
	path  string // empty for a writer of the caller's
	now   func() time.Time
	meter *meter

	mu        sync.Mutex
	out       io.Writer
	lines     *slog.JSONHandler       // writes to out
	truncated bool                    // the last write may have left a part of a line
	lost      int                     // lines that failed since the last that was written
	refusals  map[string]*lineLimiter // by the key's name; empty if no key was recognised
}

// NewAudit writes to w, which only one goroutine at a time uses.
func NewAudit(w io.Writer, now func() time.Time) *Audit {
	a := &Audit{out: w, now: now, refusals: map[string]*lineLimiter{}}
	a.lines = slog.NewJSONHandler(lineWriter{a}, nil)
	return a
}

// OpenAudit appends to a file. It creates a missing one with mode 0600.
func OpenAudit(path string, now func() time.Time) (*Audit, error) {
	file, err := openAppend(path)
	if err != nil {
		return nil, err
	}
	a := NewAudit(file, now)
	a.path = path
	return a, nil
}

func openAppend(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}

// reopen opens the file by its path again. On an error the old file stays in use.
func (a *Audit) reopen() error {
	if a.path == "" {
		return nil
	}
	file, err := openAppend(a.path)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.out.(*os.File)
	a.out = file
	return old.Close()
}

// Close writes the counts of lines that were not written, and closes the file if
// OpenAudit opened it.
func (a *Audit) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for key := range a.refusals {
		a.writeUnwrittenCount(key)
	}
	if file, ok := a.out.(*os.File); ok && a.path != "" {
		return file.Close()
	}
	return nil
}

// write writes a line.
func (a *Audit) write(attrs ...slog.Attr) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.add(attrs)
}

// add writes a line, and counts it as lost if that fails. It is called with the lock
// held.
func (a *Audit) add(attrs []slog.Attr) error {
	err := a.line("audit", attrs)
	if err != nil {
		a.lost++
		a.meter.auditFailures.Inc()
	}
	return err
}

// writeRefusal adds a line about a refusal, within the bounds of the key.
func (a *Audit) writeRefusal(key string, attrs ...slog.Attr) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	limiter := a.limiterOf(key)
	if !limiter.allow(a.now()) {
		a.meter.auditUnwritten.Inc()
		if limiter.unwritten == 1 {
			time.AfterFunc(unwrittenDelay, func() {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.writeUnwrittenCount(key)
			})
		}
		return nil
	}
	if n := limiter.takeUnwritten(); n > 0 {
		attrs = append(attrs, slog.Int("unwritten", n))
	}
	return a.add(attrs)
}

func (a *Audit) limiterOf(key string) *lineLimiter {
	if a.refusals[key] == nil {
		perSecond := rate.Limit(keyLinesPerSecond)
		if key == "" {
			perSecond = linesPerSecond
		}
		a.refusals[key] = newLineLimiter(perSecond)
	}
	return a.refusals[key]
}

// writeUnwrittenCount writes a line with the number of a key's lines that were not written,
// unless another line has reported it. It is called with the lock held.
func (a *Audit) writeUnwrittenCount(key string) {
	limiter := a.refusals[key]
	if limiter.unwritten == 0 {
		return
	}
	attrs := []slog.Attr{slog.String("key", key), slog.Int("unwritten", limiter.unwritten)}
	if a.line("audit unwritten", attrs) == nil {
		limiter.takeUnwritten()
	}
}

// checkWritable returns an error if lines cannot be written. After a failed line it
// tries one that reports how many were lost.
func (a *Audit) checkWritable() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lost == 0 {
		return nil
	}
	err := a.line("audit resumed", []slog.Attr{slog.Int("lost", a.lost)})
	if err == nil {
		a.lost = 0
	}
	return err
}

// line writes a line without counting it. It is called with the lock held.
func (a *Audit) line(message string, attrs []slog.Attr) error {
	record := slog.NewRecord(a.now().UTC(), slog.LevelInfo, message, 0)
	record.AddAttrs(attrs...)
	return a.lines.Handle(context.Background(), record)
}

// lineWriter writes complete lines: it begins a new one after one that was truncated.
type lineWriter struct{ *Audit }

func (w lineWriter) Write(line []byte) (int, error) {
	if w.truncated {
		line = append([]byte("\n"), line...)
	}
	n, err := w.out.Write(line)
	w.truncated = err != nil && (n > 0 || w.truncated)
	return n, err
}
