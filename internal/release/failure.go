package release

import (
	"fmt"
	"strings"
)

// Failure is why a configuration cannot be loaded, in the fields of the error that
// callers get.
type Failure struct {
	Class   string // of Python's exception
	File    string
	Line    int // 0 if it is not known
	Env     string
	Path    []string
	Problem string
}

// Error is the place, the problem and, in brackets, Python's class of error.
func (e *Failure) Error() string {
	place := e.File
	switch {
	case e.Env != "":
		place = e.Env
	case place == "":
		place = "config"
	}
	if e.Env == "" && e.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, e.Line)
	}
	problem := e.Problem
	if len(e.Path) > 0 {
		problem = fmt.Sprintf("%s: %s", strings.Join(e.Path, "."), problem)
	}
	return fmt.Sprintf("%s: %s [%s]", place, problem, e.Class)
}

// failure is an error about a setting.
func (l *leaf) failure(class, format string, args ...any) *Failure {
	return &Failure{Class: class, File: l.origin.File, Env: l.origin.Env, Path: l.path, Problem: fmt.Sprintf(format, args...)}
}
