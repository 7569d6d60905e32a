package testkit

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// Guard watches what a test logs. It is a TB, an io.Writer for loggers, and has
// the Log and Logf of *testing.T.
type Guard struct {
	cloud *Cloud
	t     TB
	log   stream // what was written to the guard
	test  stream // what the test said through the guard
}

var _ TB = (*Guard)(nil)

// Format writes nothing of what was logged, whatever the verb.
func (*Guard) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "testkit.Guard") }

// LeakGuard watches the process's standard output and error, and what is written
// to the guard, from here to the end of the test, and fails t if the value of a
// secret of c stands in it, in a form that [Cloud.Leaks] finds. It says which
// secret and where. Lines pass on as they come, but for those with a value in them
// that is known by then.
//
// On Linux whatever writes to the two streams is watched, child processes and
// loggers made earlier included. On other systems only what reads os.Stdout and
// os.Stderr from here on is, and the default logger of log. What t.Log gets stays
// inside package testing unless the test is verbose: log with the guard's Log.
//
// The streams are the process's, so the test cannot run in parallel with others;
// package testing sees to that where t has Setenv. Call it outside a
// testing/synctest bubble, since it reads from a pipe.
func (c *Cloud) LeakGuard(t TB) *Guard {
	t.Helper()
	if t, ok := t.(interface{ Setenv(key, value string) }); ok {
		t.Setenv("PREFECT_SECRETS_LEAK_GUARD", "1")
	}
	g := &Guard{cloud: c, t: t}
	g.log = stream{cloud: c, name: "the log", out: os.Stderr}
	g.test = stream{cloud: c, name: "what the test says", out: io.Discard}
	stdout, stderr := g.capture("standard output", &os.Stdout), g.capture("standard error", &os.Stderr)
	t.Cleanup(func() {
		t.Helper()
		streams := []*stream{&g.log, &g.test, stdout(), stderr()}
		for _, s := range streams {
			g.judge(s)
		}
	})
	return g
}

// drainTime is how long what was written to a pipe may take to arrive after its
// last writer is gone; a child process that goes on holds the pipe open.
const drainTime = 200 * time.Millisecond

// capture puts a pipe in the place of a file of the process. The function that it
// returns puts the file back and gives what was written meanwhile.
func (g *Guard) capture(name string, file **os.File) (stop func() *stream) {
	g.t.Helper()
	original, r, restore, err := redirect(file)
	s := &stream{cloud: g.cloud, name: name, out: original}
	if err != nil {
		g.t.Fatalf("testkit: LeakGuard: %v", err)
		return func() *stream { return s }
	}
	var reader sync.WaitGroup
	reader.Go(func() { _, _ = io.Copy(s, r) })
	return func() *stream {
		restore()
		_ = r.SetReadDeadline(time.Now().Add(drainTime))
		reader.Wait()
		_ = r.Close()
		s.flush()
		if original != *file {
			_ = original.Close()
		}
		return s
	}
}

// judge fails the test if a value stands in all that a stream got.
func (g *Guard) judge(s *stream) {
	g.t.Helper()
	if names := g.cloud.Leaks(s.all.Bytes()); len(names) > 0 {
		g.t.Errorf("testkit: %s holds the value of %q%s", s.name, names, s.line())
	}
}

// stream is what was written to one place, passed on line by line.
type stream struct {
	cloud *Cloud
	name  string
	out   io.Writer
	mu    sync.Mutex
	all   bytes.Buffer
	begun []byte // a line whose end has not come
}

// Write implements [io.Writer].
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all.Write(p)
	s.begun = append(s.begun, p...)
	if end := bytes.LastIndexByte(s.begun, '\n') + 1; end > 0 {
		s.pass(s.begun[:end])
		s.begun = bytes.Clone(s.begun[end:])
	}
	return len(p), nil
}

// flush passes on what has no end of line.
func (s *stream) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pass(s.begun)
	s.begun = nil
}

// pass writes lines on, those without a value.
func (s *stream) pass(text []byte) {
	finder := s.cloud.fake.Leaks()
	if len(finder.Names(text)) == 0 {
		_, _ = s.out.Write(text)
		return
	}
	for line := range bytes.Lines(text) {
		if len(finder.Names(line)) == 0 {
			_, _ = s.out.Write(line)
		}
	}
}

// line is the number of the first line with a value in it, if a value stands in
// one line.
func (s *stream) line() string {
	finder, n := s.cloud.fake.Leaks(), 0
	for line := range bytes.Lines(s.all.Bytes()) {
		n++
		if len(finder.Names(line)) > 0 {
			return fmt.Sprintf(" in line %d", n)
		}
	}
	return ", across lines"
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
	if g.clean(text) && ok {
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
