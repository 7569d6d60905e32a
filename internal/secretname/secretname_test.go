package secretname_test

import (
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
)

func TestCheck(t *testing.T) {
	for name, want := range map[string]string{
		"DB_PASSWORD": "", "my secret": "", "päß": "", strings.Repeat("x", secretname.Max): "",
		"":         "a name is empty",
		"\xff":     "a name is not UTF-8",
		"A\xc3":    "a name is not UTF-8",
		longName(): `the name that begins with "xxxxxxxxxxxxxxxxxxx" has 256 bytes; the limit is 255`,
	} {
		err := secretname.Check(name)
		if got := errorText(err); got != want {
			t.Errorf("%.20q: got %q, want %q", name, got, want)
		}
	}
}

// longName returns a name that is one byte too long, whose 20th byte is not the end
// of a rune.
func longName() string {
	const start = 19
	return strings.Repeat("x", start) + "ä" + strings.Repeat("x", secretname.Max-start-1)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
