package check

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

// FailOn is the severity from which on a diagnostic makes a check fail. A note never
// does. The zero value is FailOnError.
type FailOn string

const (
	FailOnError   FailOn = "error"   // errors
	FailOnWarning FailOn = "warning" // errors and warnings
	FailOnNever   FailOn = "never"   // nothing
)

// ParseFailOn parses error, warning or never. The empty string is error.
func ParseFailOn(text string) (FailOn, error) {
	switch f := FailOn(text); f {
	case "":
		return FailOnError, nil
	case FailOnError, FailOnWarning, FailOnNever:
		return f, nil
	}
	choices := []string{string(FailOnError), string(FailOnWarning), string(FailOnNever)}
	return "", fmt.Errorf("invalid %q: %s", text, nearest.Hint(strings.ToLower(text), choices, "use error, warning or never"))
}

// Fails reports whether a check with these diagnostics fails.
func (f FailOn) Fails(diagnostics []Diagnostic) bool {
	for _, d := range diagnostics {
		switch {
		case f == FailOnNever, d.Severity == SeverityNote:
		case f == FailOnWarning, d.Severity == SeverityError:
			return true
		}
	}
	return false
}
