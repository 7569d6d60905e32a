package release

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// cutKey returns the name in the first reference to another key in a text, what is before
// the reference, and what follows it. A reference is what \$\{(.[^${}]*)\} matches
// (configuration.py of 0.9.3 and of 1.4.1).
func cutKey(text string) (before, name, after string, found bool) {
	for at := 0; ; at += len("${") {
		i := strings.Index(text[at:], "${")
		if i < 0 {
			return text, "", "", false
		}
		at += i
		name := text[at+len("${"):]
		_, first := utf8.DecodeRuneInString(name)
		if n := strings.IndexAny(name[first:], "${}"); n >= 0 && name[first+n] == '}' && name[0] != '\n' {
			return text[:at], name[:first+n], name[first+n+1:], true
		}
	}
}

// Keys returns the names of the other keys that ${...} in a string refers to. It
// does not see references that only appear once others are replaced.
func Keys(text string) (names []string) {
	for {
		_, name, after, found := cutKey(text)
		if !found {
			return names
		}
		names, text = append(names, name), after
	}
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
	before, name, after, found := cutKey(text)
	if !found {
		return false
	}
	var value any = ""
	if other, ok := f.at[path(strings.Split(name, ".")).key()]; ok {
		value, l.missing = other.value, cmp.Or(l.missing, other.missing)
	} else {
		l.missing = cmp.Or(l.missing, name)
	}
	if before == "" && after == "" {
		l.value = value
	} else {
		l.value = before + pyliteral.Str(value) + after
	}
	return true
}
