package testkit

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// Leaks returns the names of the secrets whose values are in data, sorted, of all
// tenants. Every value that was ever stored in the fake or sent to it counts:
// overwritten and deleted ones too, and those of refused requests, unless the value
// was in the text of a document that the API could not read.
//
// A value is found raw, JSON-, URL-, base64-, base64url- and hex-encoded, as Go and
// Python print it, in one of these inside another one, in part of a JSON object or
// list, line by line, and split across lines. A value that is encoded three times or
// dumped as by hexdump is not found. Booleans, strings under 4 bytes and numbers
// under 6 characters are not searched for: many logs hold them by chance.
func (c *Cloud) Leaks(data []byte) []string { return c.fake.Leaks().Names(data) }

// Guard watches what a test logs; [Cloud.LeakGuard] makes one. It is a [TB] that
// withholds messages with a value in them, and an [io.Writer] for loggers.
type Guard struct {
	cloud    *Cloud
	t        TB
	log      stream // what was written to the guard
	messages stream // what the test logged or failed with through the guard
}

var _ TB = (*Guard)(nil)

// Format writes nothing that was logged, whatever the verb.
func (*Guard) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "testkit.Guard") }

// LeakGuard watches the process's standard output and error, and what is written to
// the guard, from now to the end of the test. It fails t if they hold the value of a
// secret of c, in a form that [Cloud.Leaks] finds, and says which secret and where.
// Lines are passed on as they come, except those with a value that is stored by then.
//
// On Linux it watches whatever writes to the two streams, also child processes and
// loggers made earlier. On other systems it watches only what reads os.Stdout and
// os.Stderr from now on, and the default logger of package log. Package testing keeps
// what t.Log gets unless the test is verbose: log with the guard's Log.
//
// The test may not be parallel: the streams belong to the process, and other tests
// write to them. In a parallel test LeakGuard fails t, and t.Parallel panics after
// it. Call it outside a testing/synctest bubble, because it reads from a pipe.
func (c *Cloud) LeakGuard(t TB) *Guard {
	t.Helper()
	g := &Guard{cloud: c, t: t}
	g.log = stream{cloud: c, name: "the log", out: os.Stderr}
	g.messages = stream{cloud: c, name: "what the test logged", out: io.Discard}
	if !denyParallel(t) {
		t.Fatalf(needsSequential)
		return g
	}
	stdout, stderr := c.capture(t, "standard output", &os.Stdout), c.capture(t, "standard error", &os.Stderr)
	t.Cleanup(func() {
		t.Helper()
		for _, s := range []*stream{&g.log, &g.messages, stdout(), stderr()} {
			s.report(t)
		}
		if panicsInParallel() {
			t.Errorf(needsSequential)
		}
	})
	return g
}

const needsSequential = "testkit: LeakGuard needs a test that is not parallel: it watches standard output and error, which all tests of the process share; remove t.Parallel"

// denyParallel makes t.Parallel panic from now on, if t has Setenv, which does that.
// It reports false if t is parallel already.
func denyParallel(t TB) (ok bool) {
	setter, ok := t.(interface{ Setenv(key, value string) })
	if !ok {
		return true
	}
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	setter.Setenv("PREFECT_SECRETS_LEAK_GUARD", "1")
	return true
}

// panicsInParallel reports, in a test's cleanup, whether the test ends because
// t.Parallel panicked. That panic's message is about Setenv.
func panicsInParallel() bool {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(0, callers)])
	for {
		frame, more := frames.Next()
		if frame.Function == "testing.(*T).Parallel" {
			return true
		}
		if !more {
			return false
		}
	}
}

// Write receives what a logger writes.
func (g *Guard) Write(p []byte) (int, error) { return g.log.Write(p) }

// Log logs as *testing.T does, but withholds a message that holds a value.
func (g *Guard) Log(args ...any) {
	g.t.Helper()
	g.print(strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
}

// Logf logs as *testing.T does, but withholds a message that holds a value.
func (g *Guard) Logf(format string, args ...any) {
	g.t.Helper()
	g.print(fmt.Sprintf(format, args...))
}

func (g *Guard) print(message string) {
	g.t.Helper()
	logger, ok := g.t.(interface{ Log(args ...any) })
	if g.isClean(message) && ok {
		logger.Log(message)
	}
}

// isClean records a message, and reports whether it holds no value that is stored by
// now. The end of the test checks it against later values too.
func (g *Guard) isClean(message string) bool {
	_, _ = fmt.Fprintln(&g.messages, message)
	return len(g.cloud.Leaks([]byte(message))) == 0
}

// Errorf fails the test. It withholds a message that holds a value.
func (g *Guard) Errorf(format string, args ...any) {
	g.t.Helper()
	g.t.Errorf("%s", g.failure(format, args...))
}

// Fatalf fails the test and ends it. It withholds a message that holds a value.
func (g *Guard) Fatalf(format string, args ...any) {
	g.t.Helper()
	g.t.Fatalf("%s", g.failure(format, args...))
}

func (g *Guard) failure(format string, args ...any) string {
	if message := fmt.Sprintf(format, args...); g.isClean(message) {
		return message
	}
	return "testkit: the message of this failure is withheld: it holds a secret's value"
}

// Helper implements [TB].
func (g *Guard) Helper() { g.t.Helper() }

// Cleanup implements [TB].
func (g *Guard) Cleanup(f func()) { g.t.Cleanup(f) }
