package release

import (
	"math/big"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// checkStart refuses what makes import prefect fail after the configuration is read:
// a context that is not a table, and settings that Python's logging cannot use.
func (t *table) checkStart(v Version) error {
	if l := t.leafAt(path{"context"}); l != nil {
		if class := contextProblem(l.value); class != "" {
			return l.failure(class, "it is of type %s and not a table", pyliteral.TypeName(l.value))
		}
	}
	if l := t.leafAt(path{"context", "config"}); l != nil {
		return l.failure("AttributeError", "Prefect keeps its configuration under this name")
	}
	if l := t.leafAt(path{"logging"}); l != nil {
		return l.failure("AttributeError", "it is of type %s and not a table", pyliteral.TypeName(l.value))
	}
	if l := t.leafAt(path{"logging", "level"}); l != nil {
		if class, problem := levelProblem(l.value); class != "" {
			return l.failure(class, "%s", problem)
		}
	}
	if err := t.checkFormat(); err != nil || !v.does(readsExtraLoggers) {
		return err
	}
	return t.checkLoggers(v)
}

// contextProblem returns the class of the error with which Python refuses to update a dict
// from a value. Nothing is wrong with an empty list.
func contextProblem(value any) string {
	switch value := value.(type) {
	case string:
		return "ValueError"
	case []any:
		switch {
		case len(value) == 0:
			return ""
		case isIterable(value[0]):
			return "ValueError"
		}
	}
	return "TypeError"
}

// percentStyle matches what a format of Python's logging must contain (CPython 3.11,
// logging.PercentStyle).
var percentStyle = lazyregexp.New(`(?i)%\(\w+\)[#0+ -]*(\*|\d+)?(\.(\*|\d+))?[diouxefgcrsa%]`)

func (t *table) checkFormat() error {
	l := t.leafAt(path{"logging", "format"})
	if l == nil || l.value == nil || l.value == "" {
		return nil
	}
	text, isText := l.value.(string)
	switch {
	case !isText:
		return l.failure("TypeError", "it is of type %s and not a format", pyliteral.TypeName(l.value))
	case !percentStyle().MatchString(text):
		return l.failure("ValueError", "it names nothing that is logged, such as %%(message)s")
	}
	return nil
}

// checkLoggers refuses a logging.extra_loggers of which a release makes no loggers.
// Like Prefect it accepts a string, whose letters are the names.
func (t *table) checkLoggers(v Version) error {
	l := t.leafAt(path{"logging", "extra_loggers"})
	if l == nil {
		return nil
	}
	value := l.value
	if v.does(parsesExtraLoggers) && !v.does(castsFile) {
		parsed, class := literal(value)
		if class != "" {
			return l.failure(class, "it is not a list of names inside a string, such as \"['a']\"")
		}
		value = parsed
	}
	if !namesLoggers(value) {
		return l.failure("TypeError", "it is not a list of names")
	}
	return nil
}

// literal returns what Python's literal_eval makes of a value, or the class of its
// error.
func literal(value any) (parsed any, class string) {
	text, isText := value.(string)
	if !isText {
		return nil, "ValueError"
	}
	parsed, err := pyliteral.Parse(text)
	switch {
	case err == nil:
		return parsed, ""
	case pythonNames().MatchString(text):
		return nil, "ValueError"
	}
	return nil, "SyntaxError"
}

// pythonNames match what Python parses as names, and no literal: a, b.c, a-b or [a].
var pythonNames = lazyregexp.New(`^(` + someNames + `|\[` + someNames + `\]|\(` + someNames + `\))$`)

const someNames = `[A-Za-z_][\w.-]*(\s*,\s*[A-Za-z_][\w.-]*)*,?`

// namesLoggers reports whether Python can take the names of loggers from a value.
func namesLoggers(value any) bool {
	switch value := value.(type) {
	case int64, float64, bool, nil:
		return false
	case []any:
		return !slices.ContainsFunc(value, func(name any) bool { _, isText := name.(string); return !isText })
	}
	return true
}

// levels are the names of levels that Python's logging knows.
var levels = []string{"CRITICAL", "FATAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "NOTSET"}

// levelHint returns what to write for a string that is not a level.
func levelHint(text string) string {
	if level := strings.ToUpper(text); slices.Contains(levels, level) {
		return "levels are in capitals: use " + level
	}
	return "it is not a level: use one of " + strings.Join(levels, ", ")
}

// levelProblem returns the class of the error with which Python's logging refuses a level,
// and what is wrong with it. They are empty for a level.
func levelProblem(value any) (class, problem string) {
	switch v := value.(type) {
	case string:
		if !slices.Contains(levels, v) {
			return "ValueError", levelHint(v)
		}
	case int64, *big.Int, bool:
	default:
		return "TypeError", "it is of type " + pyliteral.TypeName(value) + " and not a level: use one of " + strings.Join(levels, ", ")
	}
	return "", ""
}
