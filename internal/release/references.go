package release

import (
	"cmp"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// keyReference matches a reference to another key (configuration.py of 0.9.3 and of
// 1.4.1).
var keyReference = lazyregexp.New(`\$\{(.[^${}]*)\}`)

// Keys returns the names of the other keys that ${...} in a string refers to. It
// does not see references that only appear once others are replaced.
func Keys(text string) []string {
	if !strings.Contains(text, "${") {
		return nil
	}
	var names []string
	for _, m := range keyReference().FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// resolve follows references to other keys, one in each string and pass.
func (f *flat) resolve() error {
	pending, growth := f.leaves, newBudget()
	for range maxPasses {
		var next []*leaf
		for _, l := range pending {
			before := l.value
			if !f.followReference(l) {
				continue
			}
			next = append(next, l)
			if after, ok := l.value.(string); ok {
				growth.spend(len(after) - len(before.(string)))
			}
			if growth.exceeded() {
				return l.grewTooMuch()
			}
		}
		pending = next
	}
	return nil
}

// followReference follows the first reference in the string of a leaf, and reports
// whether it has one. A string that is only a reference takes the other key's value
// with its type; a missing key and a table are the empty string. What is missing for
// the other key is missing for this one too.
func (f *flat) followReference(l *leaf) (found bool) {
	text, _ := l.value.(string)
	match := keyReference().FindStringSubmatch(text)
	if match == nil {
		return false
	}
	reference, name := match[0], match[1]
	var value any = ""
	if other, ok := f.at[path(strings.Split(name, ".")).key()]; ok {
		value, l.missing = other.value, cmp.Or(l.missing, other.missing)
	} else {
		l.missing = cmp.Or(l.missing, name)
	}
	if reference == text {
		l.value = value
	} else {
		l.value = strings.Replace(text, reference, pyliteral.Str(value), 1)
	}
	return true
}
