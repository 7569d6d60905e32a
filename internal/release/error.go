package release

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
)

// Error is why a configuration cannot be loaded. It holds no value.
type Error struct {
	Class   string   // of the Python exception with which import prefect fails; empty for a limit of ours
	File    string   // the TOML file at fault, as it was named; empty if none is
	Line    int      // in File, counted from 1; 0 if it is unknown
	Env     string   // the environment variable at fault; empty if none is
	Path    []string // the setting at fault; empty if none is
	Problem string   // what is wrong
}

// Error returns the position, the problem and, in brackets, Python's class of error if
// there is one.
func (e *Error) Error() string {
	position := e.File
	switch {
	case e.Env != "":
		position = e.Env
	case position == "":
		position = "config"
	}
	if e.Env == "" && e.Line > 0 {
		position = fmt.Sprintf("%s:%d", position, e.Line)
	}
	problem := e.Problem
	if len(e.Path) > 0 {
		problem = fmt.Sprintf("%s: %s", shownPath(e.Path), problem)
	}
	if e.Class == "" {
		return fmt.Sprintf("%s: %s", position, problem)
	}
	return fmt.Sprintf("%s: %s [%s]", position, problem, e.Class)
}

// shownPath returns a path without what may be a value: the parser inside Prefect takes
// the beginning of some values for a part of the key.
func shownPath(path []string) string {
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = pytoml.ShownName(name, name)
	}
	return strings.Join(names, ".")
}

// failure returns an error about a setting.
func (l *leaf) failure(class, format string, args ...any) *Error {
	return &Error{Class: class, File: l.origin.File, Env: l.origin.Env, Path: l.path, Problem: fmt.Sprintf(format, args...)}
}
