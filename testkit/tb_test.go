package testkit_test

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/testkit"
)

const canary = "CANARY51c0"

// fakeTB records what a fake says of a test, and runs its clean-up on demand.
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

func (f *fakeTB) end() string {
	for _, fn := range f.cleanups {
		fn()
	}
	return strings.Join(f.errors, "\n")
}

// failure is what a test of its own says that uses a new fake and ends.
func failure(use func(tb *fakeTB, cloud *testkit.Cloud), options ...testkit.Option) string {
	tb := &fakeTB{}
	use(tb, testkit.New(tb, options...))
	return tb.end()
}
