package sync

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// ManifestError is why a manifest cannot be used: everything that is wrong with
// it. It has names of keys in it, and no values.
type ManifestError struct {
	File     string            // as given to ParseManifest
	Problems []ManifestProblem // in the order of the file

	positions error // a [tomlfile.Error], of the same problems
}

// ManifestProblem is one thing that is wrong with a manifest.
type ManifestProblem struct {
	Key          string // what it is about, as TOML writes it, such as names.A or include[1]
	Line, Column int    // where that stands, from 1
	Message      string
	Hint         string // what to do about it
}

func newManifestError(err *tomlfile.Error) *ManifestError {
	problems := make([]ManifestProblem, len(err.Problems))
	for i, p := range err.Problems {
		problems[i] = ManifestProblem{p.Key, p.Line, p.Column, p.Message, p.Hint}
	}
	return &ManifestError{File: err.File, Problems: problems, positions: err}
}

// Error has a line for each problem.
func (e *ManifestError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s: %s: %s: %s", e.File, p.Key, p.Message, p.Hint)
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns an error with the same problems and their places in bytes, for the
// command's own checks.
func (e *ManifestError) Unwrap() error { return e.positions }
