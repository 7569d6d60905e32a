package check

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SelectRules returns the names of the rules for Options.Rules: the selected ones, or
// all without a selection, except the ignored ones.
func SelectRules(selected, ignored []string) []string {
	selected, ignored = trimmed(selected), trimmed(ignored)
	if len(selected) == 0 && len(ignored) == 0 {
		return nil
	}
	if len(selected) == 0 {
		selected = ruleNames()
	}
	return slices.DeleteFunc(slices.Clone(selected), func(name string) bool { return slices.Contains(ignored, name) })
}

// ValidateSelected returns an error for a name that is not a rule's.
func ValidateSelected(names []string) error {
	for _, name := range trimmed(names) {
		if err := FindRule(name); err != nil {
			return err
		}
	}
	return nil
}

// ValidateIgnored returns an error for a name that is not a rule's, and for syntax,
// which always applies.
func ValidateIgnored(names []string) error {
	if slices.Contains(trimmed(names), syntaxName) {
		return errors.New("the rule syntax always applies, because a file that does not parse cannot be checked")
	}
	return ValidateSelected(names)
}

// trimmed returns names without the spaces that people write after a comma.
func trimmed(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.TrimSpace(name))
	}
	return all
}

// FindRule returns an error unless there is a rule of that name. The error says which
// one was meant, or which ones there are.
func FindRule(name string) error {
	names := ruleNames()
	if slices.Contains(names, name) {
		return nil
	}
	hint := cmp.Or(suggestRule(strings.ReplaceAll(strings.ToLower(name), "_", "-"), names), "the rules are "+strings.Join(names, ", "))
	return fmt.Errorf("there is no rule %q: %s", name, hint)
}

func ruleNames() []string {
	var names []string
	for _, r := range Rules() {
		names = append(names, r.Name)
	}
	return names
}

// Selected returns those findings whose rules the options include.
func (o Options) Selected(found []Diagnostic) []Diagnostic {
	if o.Rules == nil {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(d Diagnostic) bool { return !o.includes(Rule{Name: d.Rule}) })
}
