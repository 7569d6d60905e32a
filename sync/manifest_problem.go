package sync

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlfile"
)

// ManifestError has everything that is wrong with a manifest. It holds names of
// keys, and no values.
type ManifestError struct {
	File     string            // as given to ParseManifest
	Problems []ManifestProblem // in the order of the file

	positions error // a [tomlfile.Error] with the same problems
}

// ManifestProblem is one thing that is wrong with a manifest.
type ManifestProblem struct {
	Key          string // as TOML writes it, such as names.A or include[1]
	Line, Column int    // of the key, from 1
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

// Error returns a line for each problem.
func (e *ManifestError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s: %s: %s: %s", e.File, p.Key, p.Message, p.Hint)
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns an error of an internal type with the same problems, from which the
// command draws the lines at fault. Other programs read Problems.
func (e *ManifestError) Unwrap() error { return e.positions }
