package exit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
)

func TestManyLinesOfOneFormAreFolded(t *testing.T) {
	lines := func(n int, format string) (all []error) {
		for i := range n {
			name := strings.Repeat(string(rune('a'+i%26)), 1+i/26)
			all = append(all, fmt.Errorf(format, name, name))
		}
		return all
	}
	for name, tt := range map[string]struct {
		errs []error
		want string
	}{
		"three":     {lines(3, "%q is missing: %s"), "\"c\" is missing: c"},
		"four":      {lines(4, "%q is missing: %s"), "\"d\" is missing: d"},
		"names":     {lines(60, "%q is required, but %s is not in any source"), "\n… and 57 more lines like this"},
		"places":    {[]error{errors.New("a.env:1:1: no"), errors.New("a.env:2:1: no"), errors.New("a.env:30:1: no"), errors.New("a.env:4:1: no"), errors.New("a.env:5:1: no")}, "a.env:30:1: no\n… and 2 more lines like this"},
		"an escape": {lines(9, "the name \"\\\"%s\" of %q"), "… and 6 more lines like this"},
		"two forms": {append(lines(5, "%q of %s"), lines(5, "no %q in %s")...), "… and 2 more lines like this\nno \"a\" in a"},
	} {
		got := exit.MessageOf(errors.Join(tt.errs...))
		if !strings.Contains(got, tt.want) || strings.Count(got, "\n") > 8 {
			t.Errorf("%s: %s", name, got)
		}
	}
	different := errors.New("one thing\nanother thing\na third one\nthe fourth\nand the fifth")
	if got := exit.MessageOf(different); got != different.Error() {
		t.Errorf("different lines: %s", got)
	}
}
