package testkit_test

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const canary = "CANARY51c0"

// fakeTB records how a test fails, and runs its cleanups on demand.
type fakeTB struct {
	errors   []string
	cleanups []func()
}

func (f *fakeTB) Helper() {}

func (f *fakeTB) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func (f *fakeTB) Fatalf(format string, args ...any) { f.Errorf(format, args...) }

func (f *fakeTB) Cleanup(fn func()) { f.cleanups = append(f.cleanups, fn) }

// finish ends the test and returns its failures, one a line.
func (f *fakeTB) finish() string {
	for _, fn := range f.cleanups {
		fn()
	}
	return strings.Join(f.errors, "\n")
}

// runTest runs a test with a new fake, and returns its failures.
func runTest(test func(tb *fakeTB, cloud *testkit.Cloud), options ...testkit.Option) string {
	tb := &fakeTB{}
	test(tb, testkit.New(tb, options...))
	return tb.finish()
}
