package check

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

const extraLoggers = "logging.extra_loggers"

// listSettings are lists of strings, with what an element is. A release that casts takes
// each letter of a string that is not a list for one.
var listSettings = map[string]string{
	extraLoggers:             "the name of a logger",
	"logging.log_attributes": "an attribute of log lines",
	"cloud.agent.labels":     "a label",
}

// listHint returns the one form of a list that every release reads: 0.10 reads no list, and
// a string of any other form is letters to the later ones.
func listHint(v *setting) string {
	return fmt.Sprintf(`write a list inside a string, as Prefect's own config does: %s = "['a', 'b']"`, v.path[len(v.path)-1])
}

// withLetters returns a whole message about a setting, and a hint. problem says what
// fails with it, and hint why; both may be empty.
func (s *source) withLetters(in startInput, problem, hint string) (message, wholeHint string) {
	suffix, hasLetters := s.releasesOfLetters(in)
	effect := fmt.Sprintf("Prefect takes each letter of it for %s%s", listSettings[in.name], suffix)
	switch {
	case problem == "" && !hasLetters:
		return "", ""
	case problem == "":
		return fmt.Sprintf("%s%s is one string, and %s", in.name, in.cause(), effect), in.hint(listHint(in.setting))
	}
	message = fmt.Sprintf("with this %s%s %s", in.name, in.cause(), problem)
	if !hasLetters {
		return message, in.hint(hint)
	}
	return message + ", and " + effect, in.hint(listHint(in.setting))
}

// releasesOfLetters returns the releases for which a setting is a list that is one
// string: they take each letter of it for an element.
func (s *source) releasesOfLetters(in startInput) (suffix string, ok bool) {
	if listSettings[in.name] == "" {
		return "", false
	}
	where := s.releasesUsed
	if in.name == extraLoggers { // read at the start
		where = s.releasesStarted
	}
	return where(func(version release.Version) bool {
		config, err := in.readAs(version)
		return err == nil && version.IsDefault(in.name) && isLetters(version, valueOf(config, in.path))
	})
}

// isLetters reports whether a release takes the letters of a value for names.
func isLetters(version release.Version, value any) bool {
	text, isString := value.(string)
	if isString && !version.CastsFile() {
		value, _ = pyliteral.Parse(text)
		text, isString = value.(string)
	}
	return isString && utf8.RuneCountInString(text) > 1
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
