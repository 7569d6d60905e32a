package config

import "github.com/prefect-secrets/prefect-secrets/internal/release"

// Error is why a configuration cannot be loaded. It holds no value.
type Error struct {
	Class   string   // of the exception that import prefect ends with in Python
	File    string   // the TOML file at fault, as it was named; empty if none is
	Line    int      // in File, counted from 1; 0 if it is unknown
	Env     string   // the environment variable at fault; empty if none is
	Path    []string // the setting at fault; empty if none is
	Problem string   // what is wrong
}

// Error returns the position, the problem and, in brackets, Python's class of error.
func (e *Error) Error() string { return (*release.Error)(e).Error() }
