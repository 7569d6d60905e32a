package server

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// Audit is the log of who did what to which secret, one JSON object a line. A
// line is written before the client has the outcome. Where it cannot be written
// the client gets API_ERROR instead, what may have been done is counted, and
// from then on requests are refused with 503 until a line, which tells how many
// there were, can be written. So what the log lacks is at most what was in flight
// when it broke, and it says so itself.
//
// Lines for requests that no key was recognised in are bounded, since anybody can
// cause them: 200 at once and 50 a second. What is beyond is counted, and the
// next such line has the count as unwritten.
type Audit struct {
	path  string // empty for a writer of the caller's
	now   func() time.Time
	meter *meter

	mu        sync.Mutex
	out       io.Writer
	torn      bool // the last write may have left a part of a line
	lost      int  // lines that could not be written since the last that could
	strangers *rate.Limiter
	unwritten int
}

// NewAudit writes to w, which is only used by one goroutine at a time.
func NewAudit(w io.Writer, now func() time.Time) *Audit {
	return &Audit{out: w, now: now, strangers: rate.NewLimiter(50, 200)}
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
func (a *Audit) Reopen() error {
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

// Close closes the file, if it is one that OpenAudit opened.
func (a *Audit) Close() error {
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
	if err := a.line("audit", attrs); err != nil {
		a.lost++
		a.meter.auditFailures.Inc()
		return err
	}
	return nil
}

// stranger adds a line about somebody unknown, within bounds.
func (a *Audit) stranger(attrs ...slog.Attr) error {
	a.mu.Lock()
	if !a.strangers.AllowN(a.now(), 1) {
		a.unwritten++
		a.mu.Unlock()
		a.meter.auditUnwritten.Inc()
		return nil
	}
	if a.unwritten > 0 {
		attrs = append(attrs, slog.Int("unwritten", a.unwritten))
		a.unwritten = 0
	}
	a.mu.Unlock()
	return a.write(attrs...)
}

// check reports whether lines can be written. After one that could not it tries.
func (a *Audit) check() error {
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
	return slog.NewJSONHandler(whole{a}, nil).Handle(context.Background(), record)
}

// whole begins a new line after one that was cut short.
type whole struct{ *Audit }

func (w whole) Write(line []byte) (int, error) {
	if w.torn {
		line = append([]byte("\n"), line...)
	}
	n, err := w.out.Write(line)
	w.torn = err != nil && (n > 0 || w.torn)
	return n, err
}

// audited refuses requests while there is no audit log to write.
func (s *Server) audited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.config.Audit.check(); err != nil {
			s.config.Log.Error("the audit log cannot be written; requests are refused", "error", err.Error())
			unavailable(w, busyAnswer)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// onCall counts a call and writes its line.
func (s *Server) onCall(ctx context.Context, c cloud.Call) error {
	outcome, slug := "ok", s.slugs.of(c.Tenant)
	if c.Err != "" {
		outcome = c.Err
	}
	s.meter.call(operation(c.Field), slug, outcome)
	about := requestOf(ctx)
	attrs := []slog.Attr{
		slog.String("request", about.id), slog.String("remote", about.remote), slog.String("key", c.Key),
		slog.String("operation", operation(c.Field)), slog.String("tenant", slug), slog.String("tenant_id", c.Tenant),
		slog.String("name", c.Secret[:min(len(c.Secret), cloud.MaxName)]), slog.String("outcome", outcome),
	}
	if about.github != nil {
		attrs = append(attrs, about.github.attr())
	}
	if c.Key == "" {
		return s.config.Audit.stranger(attrs...)
	}
	return s.config.Audit.write(attrs...)
}

// onError logs what a store says, which holds no value; clients do not get it.
func (s *Server) onError(field string, err error) {
	s.config.Log.Error("the store failed", "operation", operation(field), "error", err.Error())
}
