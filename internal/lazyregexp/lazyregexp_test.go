package lazyregexp_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// An expression is compiled once, and an invalid one does not wait for its first use in
// a test.
func TestNew(t *testing.T) {
	digits := lazyregexp.New(`^\d+$`)
	if !digits().MatchString("12") || digits().MatchString("a") || digits() != digits() {
		t.Error("the expression is not the one that was given, or it is compiled twice")
	}
	defer func() {
		if recover() == nil {
			t.Error("an invalid expression does not panic")
		}
	}()
	lazyregexp.New(`(`)
}
