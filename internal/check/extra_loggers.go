package check

import (
	"slices"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

const extraLoggers = "logging.extra_loggers"

// loggersHint is the one form that every release reads: 0.10 reads no list, and a
// string of any other form is letters to the later ones.
const loggersHint = `write a list inside a string, as Prefect's own config does: extra_loggers = "['a', 'b']"`

// releasesOfLetters returns the releases for which a setting is a logging.extra_loggers
// that is one string: they take each letter of it for the name of a logger.
func (s *source) releasesOfLetters(in startInput) (suffix string, ok bool) {
	if in.name != extraLoggers {
		return "", false
	}
	return s.releasesStarted(func(version release.Version) bool {
		config, err := in.readAs(version)
		return err == nil && version.IsDefault(extraLoggers) && isLetters(version, valueOf(config, in.path))
	})
}

// isLetters reports whether a release takes the letters of a value for names.
func isLetters(version release.Version, value any) bool {
	text, isString := value.(string)
	if isString && !version.CastsFile() {
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
