package server

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Audit is the log of who did what to which secret, one JSON object a line. A
// line is written before the client has the outcome. Where it cannot be written
// the client gets API_ERROR instead, what may have been done is counted, and
// from then on requests are refused with 503 until a line, which tells how many
// there were, can be written. So what the log lacks is at most what was in flight
// when it broke, and it says so itself.
//
// Lines about what was refused are bounded, since they cost whoever causes them
// nothing: for each key 200 at once and 10 a second, for all requests together that
// no key was recognised in 200 at once and 50 a second. What is beyond is counted, and the next such
// line has the count as unwritten, 5 s later at the latest.
type Audit struct {
	path  string // empty for a writer of the caller's
	now   func() time.Time
	meter *meter

	mu        sync.Mutex
	out       io.Writer
	truncated bool                    // the last write may have left a part of a line
	lost      int                     // lines that could not be written since the last that could
	refusals  map[string]*lineLimiter // by the key's name, which is empty for strangers
}

// NewAudit writes to w, which is only used by one goroutine at a time.
func NewAudit(w io.Writer, now func() time.Time) *Audit {
	return &Audit{out: w, now: now, refusals: map[string]*lineLimiter{}}
}

// OpenAudit appends to a file, which is made with mode 0600 if it is not there.
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

// Reopen opens the file by its path again. On an error the old one stays in use.
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

// Close closes the file, if it is one that OpenAudit opened. Before that it writes
// what is still to be said of lines that were not written.
func (a *Audit) Close() error {
	for _, key := range a.keys() {
		a.writeUnwritten(key)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if file, ok := a.out.(*os.File); ok && a.path != "" {
		return file.Close()
	}
	return nil
}

// write adds a line.
func (a *Audit) write(attrs ...slog.Attr) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.add(attrs)
}

// add is called with the lock held.
func (a *Audit) add(attrs []slog.Attr) error {
	err := a.line("audit", attrs)
	if err != nil {
		a.lost++
		a.meter.auditFailures.Inc()
	}
	return err
}

// refuse adds a line about what was refused, within the bounds of the key.
func (a *Audit) refuse(key string, attrs ...slog.Attr) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := a.limiterOf(key)
	if !lines.allow(a.now()) {
		a.meter.auditUnwritten.Inc()
		if lines.unwritten == 1 {
			time.AfterFunc(unwrittenDelay, func() { a.writeUnwritten(key) })
		}
		return nil
	}
	if n := lines.takeUnwritten(); n > 0 {
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

// settle writes how many lines about a key were not written, unless one has said so.
func (a *Audit) writeUnwritten(key string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := a.refusals[key]
	if lines.unwritten == 0 {
		return
	}
	if a.line("audit unwritten", []slog.Attr{slog.String("key", key), slog.Int("unwritten", lines.unwritten)}) == nil {
		lines.takeUnwritten()
	}
}

func (a *Audit) keys() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.refusals))
}

// check reports whether lines can be written. After one that could not it tries.
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

// line is called with the lock held.
func (a *Audit) line(message string, attrs []slog.Attr) error {
	record := slog.NewRecord(a.now().UTC(), slog.LevelInfo, message, 0)
	record.AddAttrs(attrs...)
	return slog.NewJSONHandler(lineWriter{a}, nil).Handle(context.Background(), record)
}

// whole begins a new line after one that was cut short.
type lineWriter struct{ *Audit }

func (w lineWriter) Write(line []byte) (int, error) {
	if w.truncated {
		line = append([]byte("\n"), line...)
	}
	n, err := w.out.Write(line)
	w.truncated = err != nil && (n > 0 || w.truncated)
	return n, err
}
