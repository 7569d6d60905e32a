package check

import "fmt"

// FailOn says which diagnostics make a check fail. The zero value is
// FailOnError.
type FailOn string

// What a check fails on.
const (
	FailOnError   FailOn = "error"   // errors
	FailOnWarning FailOn = "warning" // errors and warnings
	FailOnNever   FailOn = "never"   // nothing
)

// ParseFailOn reads error, warning or never. Empty text is error.
func ParseFailOn(text string) (FailOn, error) {
	switch f := FailOn(text); f {
	case "":
		return FailOnError, nil
	case FailOnError, FailOnWarning, FailOnNever:
		return f, nil
	}
	return "", fmt.Errorf("%q is nothing to fail on: use error, warning or never", text)
}

// Fails reports whether the check that found these has failed.
func (f FailOn) Fails(found []Diagnostic) bool {
	for _, d := range found {
		switch {
		case f == FailOnNever:
		case f == FailOnWarning, d.Severity == SeverityError:
			return true
		}
	}
	return false
}
