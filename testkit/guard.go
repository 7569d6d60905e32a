package testkit

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"strings"
	"sync"
)

// Guard keeps what a test logs until it is known to hold no secret's value. It
// is a TB, an io.Writer for loggers, and has the Log and Logf of *testing.T.
type Guard struct {
	cloud *Cloud
	t     TB
	log   stream // of loggers
	test  stream // of the test itself, which package testing has printed already
}

var _ TB = (*Guard)(nil)

// Format writes nothing of what was logged, whatever the verb.
func (*Guard) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "testkit.Guard") }

// LeakGuard captures what is logged from here to the end of the test: the
// process's standard output and error, the default loggers of log and log/slog,
// and what is written to the guard. At the end it passes all of it on, unless the
// value of a secret of c stands in it, in a form that [Cloud.Leaks] finds: then
// it fails t, saying which secret and where, and keeps the output back.
//
// What t.Log gets stays inside package testing, so log with the guard's Log. Since
// the streams are the process's, the test cannot run in parallel with others, and
// package testing sees to that where t has Setenv. Inside a testing/synctest
// bubble call it from outside: it reads from a pipe.
func (c *Cloud) LeakGuard(t TB) *Guard {
	t.Helper()
	if t, ok := t.(interface{ Setenv(key, value string) }); ok {
		t.Setenv("PREFECT_SECRETS_LEAK_GUARD", "1")
	}
	g := &Guard{cloud: c, t: t}
	g.log.name, g.log.out = "the log", log.Writer()
	g.test.name, g.test.out = "what the test says", io.Discard
	stdout, stderr := g.capture("standard output", &os.Stdout), g.capture("standard error", &os.Stderr)
	restoreLoggers := g.captureLoggers()
	t.Cleanup(func() {
		t.Helper()
		restoreLoggers()
		for _, s := range []*stream{stdout(), stderr(), &g.log, &g.test} {
			g.release(s)
		}
	})
	return g
}

// stream is what was written to one place, and where it was on its way to.
type stream struct {
	name string
	out  io.Writer
	mu   sync.Mutex
	buf  bytes.Buffer
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *stream) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.buf.Bytes())
}

// capture puts a pipe in the place of a file of the process. The function that it
// returns puts the file back and gives what was written meanwhile.
func (g *Guard) capture(name string, file **os.File) (stop func() *stream) {
	original := *file
	s := &stream{name: name, out: original}
	r, w, err := os.Pipe()
	if err != nil {
		g.t.Fatalf("testkit: LeakGuard: %v", err)
		return func() *stream { return s }
	}
	*file = w
	var reader sync.WaitGroup
	reader.Go(func() { _, _ = io.Copy(s, r) })
	return func() *stream {
		*file = original
		_ = w.Close()
		reader.Wait()
		_ = r.Close()
		return s
	}
}

// captureLoggers turns the default loggers to the guard. The one of log/slog
// writes through that of log until somebody has replaced it.
func (g *Guard) captureLoggers() (restore func()) {
	previous, out := slog.Default(), log.Writer()
	replaced := fmt.Sprintf("%T", previous.Handler()) != "*slog.defaultHandler"
	if replaced {
		slog.SetDefault(slog.New(slog.NewTextHandler(&g.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}
	log.SetOutput(&g.log)
	return func() {
		if replaced {
			slog.SetDefault(previous)
		}
		log.SetOutput(out)
	}
}

// release passes a stream on, or fails the test.
func (g *Guard) release(s *stream) {
	g.t.Helper()
	data := s.bytes()
	names := g.cloud.Leaks(data)
	if len(names) == 0 {
		_, _ = s.out.Write(data)
		return
	}
	g.t.Errorf("testkit: %s%s holds the value of %q; it is kept back", s.name, g.line(data), names)
}

// line is the first line with a value in it, if a value stands in one line.
func (g *Guard) line(data []byte) string {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if len(g.cloud.Leaks(line)) > 0 {
			return fmt.Sprintf(", line %d,", n)
		}
	}
	return ""
}

// Write takes what a logger writes.
func (g *Guard) Write(p []byte) (int, error) { return g.log.Write(p) }

// Log is what *testing.T has, its text kept back if it holds a value.
func (g *Guard) Log(args ...any) {
	g.t.Helper()
	g.print(strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
}

// Logf is what *testing.T has, its text kept back if it holds a value.
func (g *Guard) Logf(format string, args ...any) {
	g.t.Helper()
	g.print(fmt.Sprintf(format, args...))
}

func (g *Guard) print(text string) {
	g.t.Helper()
	t, ok := g.t.(interface{ Log(args ...any) })
	if ok && g.clean(text) {
		t.Log(text)
	}
}

// clean reports whether a text may be shown now. The end of the test looks at it
// again, when more values are known.
func (g *Guard) clean(text string) bool {
	_, _ = fmt.Fprintln(&g.test, text)
	return len(g.cloud.Leaks([]byte(text))) == 0
}

// Errorf fails the test, with the text kept back if it holds a value.
func (g *Guard) Errorf(format string, args ...any) {
	g.t.Helper()
	g.t.Errorf("%s", g.message(format, args...))
}

// Fatalf fails the test and ends it, with the text kept back if it holds a value.
func (g *Guard) Fatalf(format string, args ...any) {
	g.t.Helper()
	g.t.Fatalf("%s", g.message(format, args...))
}

func (g *Guard) message(format string, args ...any) string {
	if text := fmt.Sprintf(format, args...); g.clean(text) {
		return text
	}
	return "testkit: the message of this failure holds a secret's value and is kept back"
}

// Helper implements [TB].
func (g *Guard) Helper() { g.t.Helper() }

// Cleanup implements [TB].
func (g *Guard) Cleanup(f func()) { g.t.Cleanup(f) }
