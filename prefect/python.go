package prefect

import (
	"math/big"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// homogeneous refuses lists of several types, as Python's toml 0.10.2 does, which
// knows TOML 0.5.
func (t *table) homogeneous() error {
	for _, name := range t.names {
		switch entry := t.entries[name].(type) {
		case *table:
			if err := entry.homogeneous(); err != nil {
				return err
			}
		case *leaf:
			if !isHomogeneous(entry.value) {
				return entry.failure("TomlDecodeError", "a list of several types, which the parser inside Prefect refuses")
			}
		}
	}
	return nil
}

func isHomogeneous(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			if !isHomogeneous(inner) {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if pyliteral.TypeName(item) != pyliteral.TypeName(v[0]) || !isHomogeneous(item) {
				return false
			}
		}
	}
	return true
}

// levels are what Python's logging takes for a level.
var levels = []string{"CRITICAL", "FATAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "NOTSET"}

// checkLevel refuses a logging.level that Python's logging does not know.
func (t *table) checkLevel() error {
	l := t.leafAt(path{"logging", "level"})
	if l == nil {
		return nil
	}
	switch v := l.value.(type) {
	case string:
		if !slices.Contains(levels, v) {
			return l.failure("ValueError", "it is no level: use one of %q", levels)
		}
	case int64, *big.Int, bool:
	default:
		return l.failure("TypeError", "it is of type %s and no level: use one of %q", pyliteral.TypeName(l.value), levels)
	}
	return nil
}
