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

// noRules is the [Adapter] of a store that has no rules of its own.
type noRules struct{}

func (noRules) StoredName(name string) (string, error)    { return name, nil }
func (noRules) StoredPattern(glob string) (string, error) { return glob, nil }
func (noRules) ValueRules() ValueRules                    { return ValueRules{} }
func (noRules) CheckValue(prefect.Value) error            { return nil }
func (noRules) DeleteNote() string                        { return "" }

// otherName is the hint for a name that a store cannot keep, or not beside another.
const otherName = "give it another name in [names]"

// adapt returns the input with names and patterns as the store keeps them, and the names
// that the rules give, by those. It fails if a name or a pattern does not fit, and if two
// names would be one.
func (in planInput) adapt(a Adapter) (adapted planInput, given map[string]string, problems []error) {
	given = map[string]string{}
	rules := make(map[string]NameRule, len(in.Rules.Names))
	for _, name := range slices.Sorted(maps.Keys(in.Rules.Names)) {
		stored, err := a.StoredName(name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%q: %w", name, err))
			continue
		}
		if other, ok := given[stored]; ok {
			problems = append(problems, fmt.Errorf("%s: rename one of them", sameStored(other, name, stored)))
		}
		given[stored], rules[stored] = name, in.Rules.Names[name]
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

// storedNames are the names that a store keeps under others.
type storedNames struct {
	example string // such as A_B → a-b
	n       int
}

// add counts a name if it is stored under another.
func (s *storedNames) add(name, stored string) {
	if name == stored {
		return
	}
	if s.n++; s.n == 1 {
		s.example = arrow(name, stored)
	}
}

func arrow(from, to string) string { return from + " → " + to }

// notes say that a store keeps names and the patterns of a scope under others.
func (s *storedNames) notes(scope, stored []string) (notes []string) {
	switch {
	case s.n == 1:
		notes = append(notes, "the store keeps this name in another form: "+s.example)
	case s.n > 1:
		notes = append(notes, fmt.Sprintf("the store keeps %d names in another form, such as %s", s.n, s.example))
	}
	for i, glob := range scope {
		if glob != stored[i] {
			notes = append(notes, "the prune scope has the form of the store's names: "+arrow(glob, stored[i]))
		}
	}
	return notes
}
