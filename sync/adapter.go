package sync

import (
	"fmt"
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// adapterOf returns the rules of a store, which may be nil.
func adapterOf(store Store) Adapter {
	if adapter, ok := store.(Adapter); ok {
		return adapter
	}
	return noRules{}
}

// noRules is the [Adapter] of a store without its own rules.
type noRules struct{}

func (noRules) StoredName(name string) (string, error)    { return name, nil }
func (noRules) StoredPattern(glob string) (string, error) { return glob, nil }
func (noRules) ValueRules() ValueRules                    { return ValueRules{} }
func (noRules) CheckValue(prefect.Value) error            { return nil }
func (noRules) DeleteNote() string                        { return "" }

// otherName is the hint for a name that a store cannot keep, or not beside another.
const otherName = "give it another name in [names]"

// nameProblem is a name that a store cannot have, or would keep under that of another.
type nameProblem struct{ name, message, hint string }

func (p nameProblem) Error() string { return p.message + ": " + p.hint }

// storedOr returns what storedName returns for a name; the name itself if it fails.
func storedOr(name string, storedName func(string) (string, error)) string {
	if stored, err := storedName(name); err == nil {
		return stored
	}
	return name
}

// byStoredName returns the names by the name under which a store keeps each. Each stored
// name is that of one name alone: any other is a problem, and so is a name that the store
// cannot have.
func byStoredName(names []string, storedName func(string) (string, error)) (given map[string]string, problems []nameProblem) {
	given = make(map[string]string, len(names))
	for _, name := range names {
		stored, err := storedName(name)
		if err != nil {
			problems = append(problems, nameProblem{name, fmt.Sprintf("%q: %v", name, err), otherName})
			continue
		}
		if other, ok := given[stored]; ok {
			message := fmt.Sprintf("%q and %q would both be stored as %q", other, name, stored)
			problems = append(problems, nameProblem{name, message, "rename one of them"})
			continue
		}
		given[stored] = name
	}
	return given, problems
}

// adapt returns the input with names and patterns in the form of the store, and the names
// that the rules give, by stored name. It returns a problem for each name or pattern that
// the store cannot have, and for two names that it would keep under one.
func (in planInput) adapt(a Adapter) (adapted planInput, given map[string]string, problems []error) {
	given, unstorable := byStoredName(slices.Sorted(maps.Keys(in.Rules.Names)), a.StoredName)
	for _, problem := range unstorable {
		problems = append(problems, problem)
	}
	rules := make(map[string]NameRule, len(given))
	for stored, name := range given {
		rules[stored] = in.Rules.Names[name]
	}
	scope := make([]string, len(in.Prune.Scope))
	for i, glob := range in.Prune.Scope {
		var err error
		if scope[i], err = a.StoredPattern(glob); err != nil {
			problems = append(problems, fmt.Errorf("prune scope %q: %w", glob, err))
		}
	}
	in.Rules.Names, in.Prune.Scope = rules, scope
	return in, given, problems
}

func arrow(from, to string) string { return from + " → " + to }

// scopeRemarks returns a remark about each pattern of a prune scope that has another form in
// the store. Names need none: each action has both.
func scopeRemarks(scope, stored []string) (remarks []string) {
	for i, glob := range scope {
		if glob != stored[i] {
			remarks = append(remarks, "prune scope in the store: "+arrow(glob, stored[i]))
		}
	}
	return remarks
}
