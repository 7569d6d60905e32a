package lazyregexp_test

import (
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// An expression is compiled once, and an invalid one does not wait for its first use in
// a test.
func TestNew(t *testing.T) {
	digits := lazyregexp.New(`^\d+$`)
	first, second := digits(), digits()
	if !first.MatchString("12") || first.MatchString("a") {
		t.Error("the expression is not the one that was given")
	}
	if first != second {
		t.Error("the expression is compiled twice")
	}
	defer func() {
		if recover() == nil {
			t.Error("an invalid expression does not panic")
		}
	}()
	lazyregexp.New(`(`)
}
