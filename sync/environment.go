package sync

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// environmentLabel is how reports call the process's environment.
const environmentLabel = "the environment"

// runnersOwn are the variables that the runner or the system sets (GitHub,
// "default environment variables"): never secrets of the user's, and ACTIONS_*
// holds tokens of the run. Of GITHUB_* one is Prefect's: its GitHub tasks read
// GITHUB_ACCESS_TOKEN.
var runnersOwn = regexp.MustCompile(`^(ACTIONS_|RUNNER_|INPUT_|GITHUB_|(PATH|HOME)$)`)

const prefectsGitHubToken = "GITHUB_ACCESS_TOKEN"

// FromEnvironment takes variables out of an environment, given as os.Environ gives
// it. The patterns are names, or globs as in [Rules]; a variable that several
// match is taken once. Entries come sorted by name.
//
// Globs leave out what never is a user's secret: github_token in any case, PATH,
// HOME, and what begins with ACTIONS_, RUNNER_, INPUT_ or GITHUB_, but for
// GITHUB_ACCESS_TOKEN. It is an error to ask for one of those by name, to name a
// variable that is not set, to give a glob that matches nothing or is none, and to
// take a variable that is not UTF-8. No error holds a value. A variable that is
// set to the empty text is an entry.
func FromEnvironment(environ, patterns []string) (*Source, error) {
	if err := (Rules{Include: patterns}).Validate(); err != nil {
		return nil, err
	}
	vars := variables(environ)
	taken := map[string]bool{}
	var problems []error
	for _, pattern := range patterns {
		names, err := matching(vars, pattern)
		if err != nil {
			problems = append(problems, err)
		}
		for _, name := range names {
			taken[name] = true
		}
	}
	source := &Source{Label: environmentLabel}
	for _, name := range slices.Sorted(maps.Keys(taken)) {
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

// variables are those of an environment by name; of two the later counts, as in
// [config.Load]. Windows keeps some whose name is empty.
func variables(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok && secretname.Check(name) == nil {
			vars[name] = value
		}
	}
	return vars
}

// matching are the variables that a pattern takes, at least one.
func matching(vars map[string]string, pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		return []string{pattern}, checkVariable(vars, pattern)
	}
	var names []string
	for name := range vars {
		if ok, _ := path.Match(pattern, name); ok && denial(name) == "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("pattern %q matches no variable of %s that may be taken%s", pattern, environmentLabel, likeVariable(vars, pattern))
	}
	return names, nil
}

func checkVariable(vars map[string]string, name string) error {
	if reason := denial(name); reason != "" {
		return fmt.Errorf("%s is not taken from %s: %s", name, environmentLabel, reason)
	}
	if _, ok := vars[name]; !ok {
		return fmt.Errorf("%q is not set in %s%s", name, environmentLabel, likeVariable(vars, name))
	}
	return nil
}

// likeVariable suggests what takes a variable in place of what takes none.
func likeVariable(vars map[string]string, pattern string) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if denial(name) == "" {
			names = append(names, name)
		}
	}
	return didYouMean(like(bareGlob(pattern), names))
}

// denial is why a variable is never taken; empty if it may be.
func denial(name string) string {
	if isGitHubToken(name) {
		return githubToken
	}
	if runnersOwn.MatchString(name) && name != prefectsGitHubToken {
		return "the runner or the system sets it"
	}
	return ""
}
