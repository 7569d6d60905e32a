package sync

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// environmentLabel is what reports call the process's environment.
const environmentLabel = "the environment"

// runnerVariables matches the variables that the runner or the system sets (GitHub,
// "default environment variables"). They are never the user's secrets, and ACTIONS_*
// are tokens of the run.
var runnerVariables = lazyregexp.New(`^(ACTIONS_|RUNNER_|INPUT_|GITHUB_|(PATH|HOME)$)`)

// prefectGitHubToken is the one GITHUB_* variable that the user sets: Prefect's
// GitHub tasks read it.
const prefectGitHubToken = "GITHUB_ACCESS_TOKEN"

// FromEnvironment makes a source of the variables of an environment, given as
// os.Environ gives it, that match a pattern. Patterns are names, or globs as in
// [Rules]; a variable that several match is one entry. Entries are sorted by name.
//
// Globs never match the CI's own variables: github_token in any case, PATH, HOME,
// and what begins with ACTIONS_, RUNNER_, INPUT_ or GITHUB_, except
// GITHUB_ACCESS_TOKEN. It is an error to name one of those, or a variable that is
// not set; to give a pattern that is not a glob, or a glob that matches nothing; and
// to match a variable that is not UTF-8. No error holds a value. A variable that is
// set to the empty string is an entry.
func FromEnvironment(environ, patterns []string) (*Source, error) {
	if err := (Rules{Include: patterns}).validate(); err != nil {
		return nil, err
	}
	vars := parseEnviron(environ)
	matched := map[string]bool{}
	var problems []error
	for _, pattern := range patterns {
		names, err := matchVariables(vars, pattern)
		if err != nil {
			problems = append(problems, err)
		}
		for _, name := range names {
			matched[name] = true
		}
	}
	source := &Source{Label: environmentLabel}
	for _, name := range slices.Sorted(maps.Keys(matched)) {
		if !utf8.ValidString(vars[name]) {
			problems = append(problems, fmt.Errorf("%s in %s is not UTF-8: encode it, with base64 for example", name, environmentLabel))
		}
		source.Entries = append(source.Entries, Entry{Name: name, Text: prefect.TextValue(vars[name])})
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return source, nil
}

// parseEnviron returns the variables of an environment by name; the last one of a
// name wins, as in [config.Load]. It leaves out those with an empty name, which
// Windows has.
func parseEnviron(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && secretname.Check(name) == nil {
			vars[name] = value
		}
	}
	return vars
}

// matchVariables returns the names of the variables that a pattern matches, at least
// one.
func matchVariables(vars map[string]string, pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		return []string{pattern}, checkVariable(vars, pattern)
	}
	var names []string
	for name := range vars {
		if ok, _ := path.Match(pattern, name); ok && exclusionReason(name) == "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no usable environment variable matches pattern %q%s", pattern, suggestVariable(vars, pattern))
	}
	return names, nil
}

// checkVariable returns why the variable name cannot be an entry.
func checkVariable(vars map[string]string, name string) error {
	if reason := exclusionReason(name); reason != "" {
		return fmt.Errorf("%s cannot come from %s: %s", name, environmentLabel, reason)
	}
	if _, ok := vars[name]; !ok {
		return fmt.Errorf("%q is not set in %s%s", name, environmentLabel, suggestVariable(vars, name))
	}
	return nil
}

// suggestVariable returns a question for a pattern that matches no variable: whether
// a similar one was meant.
func suggestVariable(vars map[string]string, pattern string) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if exclusionReason(name) == "" {
			names = append(names, name)
		}
	}
	return didYouMean(suggest(undecorated(pattern), names))
}

// exclusionReason says why a variable is never an entry; it is empty if it may be
// one.
func exclusionReason(name string) string {
	if isGitHubToken(name) {
		return githubToken
	}
	if runnerVariables().MatchString(name) && name != prefectGitHubToken {
		return "the runner or the system sets it"
	}
	return ""
}
