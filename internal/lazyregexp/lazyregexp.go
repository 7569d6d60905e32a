// Package lazyregexp makes regular expressions that are compiled when they are first
// used. Compiling all of them would be a third of the time in which the command starts.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// inTest reports whether this is a test binary, in which [New] compiles at once: an
// invalid expression ends any test of its package.
var inTest = strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

// New returns a function that returns the regular expression, compiled at its first
// call. The function is safe for concurrent use, and panics if expr is invalid.
func New(expr string) func() *regexp.Regexp {
	compile := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	if inTest {
		compile()
	}
	return compile
}
