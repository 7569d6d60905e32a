package sync

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// Rules say which CI names go into the store, and under which names.
type Rules struct {
	Include []string            // anchored globs over CI names; nil means all, an empty list those in Names alone
	Exclude []string            // anchored globs; they win over everything
	Names   map[string]NameRule // by name in the store
}

// Prune says which names of the store may be deleted when no source has them.
type Prune struct {
	Scope      []string // anchored globs over names in the store; empty deletes nothing
	MaxDeletes *int     // a plan with more deletions fails; nil means 5, 0 none
	// Unowned also allows deleting names whose writer the store does not know. A
	// manifest cannot set it.
	Unowned bool
}

// defaultMaxDeletes is how many deletions a plan may have by default.
const defaultMaxDeletes = 5

// limit returns how many deletions a plan may have.
func (p Prune) limit() int {
	if p.MaxDeletes == nil {
		return defaultMaxDeletes
	}
	return *p.MaxDeletes
}

// NameRule is one entry of the manifest's [names]. It implies include.
type NameRule struct {
	From     string // the CI name; a rule without it finds no value
	Format   Format
	Required bool // a plan without a value for it fails
	// At is where the rule is, a position in a file or a flag, for reports that must
	// not show From. It may be empty if CI accepts From as a name.
	At string
}

// ciName matches what CI accepts as a name (GitHub, "Naming your secrets").
var ciName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// maskedFrom returns the CI name as reports show it if not in any source. What does
// not look like a name is not shown: it may be a value that was pasted in its place.
func (r NameRule) maskedFrom() string {
	isFlag := strings.HasPrefix(r.At, "--name ") // NAME=VALUE is a natural misreading of it
	if ciName().MatchString(r.From) && !(isFlag && r.From != strings.ToUpper(r.From)) {
		return r.From
	}
	return "the name in " + cmp.Or(r.At, "[names]")
}

// validate returns what is wrong with the rules, by themselves, of a manifest or a
// run.
func validate(r Rules, p Prune, o Overwrites) error {
	return errors.Join(r.validate(), p.validate(), o.validate())
}

// validate fails if a pattern is not a glob, or if an exclusion takes away what a
// name requires.
func (r Rules) validate() error {
	if err := checkGlobs(slices.Concat(r.Include, r.Exclude)); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Names)) {
		rule := r.Names[name]
		if i := rule.excludedBy(r.Exclude); i >= 0 {
			return fmt.Errorf("%q is required, but exclude %q removes its source %s", name, r.Exclude[i], rule.maskedFrom())
		}
	}
	return nil
}

// validate fails if a pattern is not a glob, or if the limit is negative.
func (p Prune) validate() error {
	if p.limit() < 0 {
		return fmt.Errorf("max-deletes is %d: use 0 or more", p.limit())
	}
	return checkGlobs(p.Scope)
}

// globProblem returns why a pattern is not a glob, with a hint, or "". In a shell [!a] is
// every character but a; in path.Match it is ! and a, so that a scope would select what it
// should leave out.
func globProblem(pattern string) (problem, hint string) {
	switch _, err := path.Match(pattern, ""); {
	case err != nil:
		return "not a glob", "close its bracket, or write a literal bracket as [[]"
	case hasBang(pattern):
		return "[! is ambiguous", "list the characters that match, or begin with [^ to exclude them"
	}
	return "", ""
}

// hasBang reports whether a class of a valid glob begins with an exclamation mark.
func hasBang(glob string) bool {
	inClass, previous := false, rune(0)
	for _, c := range glob {
		switch {
		case previous == '\\':
			c = 0 // neither a bracket nor a backslash
		case c == '!' && previous == '[' && inClass:
			return true
		case c == '[' && !inClass:
			inClass = true
		case c == '[':
			c = 0
		case c == ']':
			inClass = false
		}
		previous = c
	}
	return false
}

func checkGlobs(patterns []string) error {
	for _, pattern := range patterns {
		if problem, hint := globProblem(pattern); problem != "" {
			return fmt.Errorf("pattern %q: %s: %s", pattern, problem, hint)
		}
	}
	return nil
}

// byCIName returns, for each CI name in Names, its names in the store, sorted. A CI
// name that is listed is stored only under those.
func (r Rules) byCIName() map[string][]string {
	listed := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(r.Names)) {
		from := r.Names[name].From
		listed[from] = append(listed[from], name)
	}
	return listed
}

// githubToken is why GitHub's own token is skipped, which the secrets context always
// holds (GitHub, "secrets context").
const githubToken = "GitHub's own token"

func isGitHubToken(ciName string) bool { return strings.EqualFold(ciName, "github_token") }

// skipReason says why a CI name is skipped; it is empty if it is not. stored is the name
// under which the store keeps it.
func (r Rules) skipReason(ciName, stored string, listed bool) string {
	if isGitHubToken(ciName) {
		return githubToken
	}
	if pattern := firstSelecting(r.Exclude, ciName, stored); pattern != "" {
		return fmt.Sprintf("excluded by %q", pattern)
	}
	if listed || r.Include == nil || firstSelecting(r.Include, ciName, stored) != "" {
		return ""
	}
	return "not included"
}

// firstSelecting returns the first pattern that matches a CI name, or that is the name
// under which the store keeps it; empty if there is no such pattern.
func firstSelecting(patterns []string, ciName, stored string) string {
	for _, pattern := range patterns {
		if ok, _ := path.Match(pattern, ciName); ok || pattern == stored && stored != ciName {
			return pattern
		}
	}
	return ""
}

// firstMatch returns the first pattern that matches name; empty if none matches.
func firstMatch(patterns []string, name string) string {
	for _, pattern := range patterns {
		if ok, _ := path.Match(pattern, name); ok {
			return pattern
		}
	}
	return ""
}
