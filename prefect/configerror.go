package prefect

import (
	"fmt"
	"strings"
)

// ConfigError is why a configuration cannot be loaded. It holds no value.
type ConfigError struct {
	Class   string   // of the exception that import prefect ends with in Python
	File    string   // the TOML file at fault, as it was named; empty if none is
	Line    int      // in File, counted from 1; 0 if it is not known
	Env     string   // the environment variable at fault; empty if none is
	Path    []string // the setting at fault; empty if none is
	Problem string   // what is wrong
}

// Error is the place, the problem and, in brackets, Python's class of error.
func (e *ConfigError) Error() string {
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
func (l *leaf) failure(class, format string, args ...any) *ConfigError {
	return &ConfigError{Class: class, File: l.origin.File, Env: l.origin.Env, Path: l.path, Problem: fmt.Sprintf(format, args...)}
}
