package check

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

const extraLoggers = "logging.extra_loggers"

// loggersHint is the one form that every release reads: 0.10 reads no list, and a
// string of any other form is letters to the later ones.
const loggersHint = `write a list inside a string, as Prefect's own config does: extra_loggers = "['a', 'b']"`

// loggersFailure returns why import prefect fails with a logging.extra_loggers that a
// release has read, or nil. 0.10, whose strings in a file stay what they are,
// evaluates this one as a Python literal; later releases do that with every string.
func loggersFailure(version release.Version, value any) *release.Error {
	if !version.IsDefault(extraLoggers) || castsFile(version) {
		return nil // see release.Load
	}
	class := evaluationError(value)
	if class == "" {
		return nil
	}
	return &release.Error{Class: class, Path: []string{"logging", "extra_loggers"}, Problem: loggersHint}
}

// castsFile reports whether a release casts the strings of a file.
func castsFile(version release.Version) bool {
	_, casts := version.CastInFile("1")
	return casts
}

// evaluationError returns the class of Python's error where a value is evaluated as a
// literal and taken for a list of names, or "".
func evaluationError(value any) string {
	text, isString := value.(string)
	if !isString {
		return "ValueError"
	}
	parsed, err := pyliteral.Parse(text)
	switch {
	case err != nil && pythonNames.MatchString(text):
		return "ValueError"
	case err != nil:
		return "SyntaxError"
	}
	switch parsed.(type) {
	case string, []any, pyliteral.Tuple, pyliteral.Set, pyliteral.Dict:
		return ""
	}
	return "TypeError"
}

// pythonNames match what Python parses as names, and no literal: a, b.c or a-b.
var pythonNames = regexp.MustCompile(`^[A-Za-z_][\w.-]*(\s*,\s*[A-Za-z_][\w.-]*)*,?$`)

// checkLetters reports a logging.extra_loggers that is one string to a release, which
// takes each letter of it for the name of a logger.
func (s *source) checkLetters(in startInput, report func(finding)) {
	if in.name != extraLoggers {
		return
	}
	suffix, ok := s.releasesWhere(func(version release.Version) bool {
		config, err := in.load(version)
		return err == nil && version.IsDefault(extraLoggers) && isLetters(version, valueOf(config, in.path))
	})
	if ok {
		report(in.finding(fmt.Sprintf("%s%s is one string%s, and Prefect takes each letter of it for the name of a logger", in.name, in.cause, suffix), loggersHint))
	}
}

// isLetters reports whether a release takes the letters of a value for names.
func isLetters(version release.Version, value any) bool {
	text, isString := value.(string)
	if isString && !castsFile(version) {
		value, _ = pyliteral.Parse(text)
		text, isString = value.(string)
	}
	return isString && text != ""
}

// valueOf returns the value of a setting in a config.
func valueOf(config *release.Config, path []string) any {
	for _, e := range config.Entries() {
		if slices.Equal(e.Path, path) {
			return e.Value
		}
	}
	return nil
}
