package release

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// keyReference is a reference to another key (configuration.py of 0.9.3 and of
// 1.4.1).
var keyReference = regexp.MustCompile(`\$\{(.[^${}]*)\}`)

// Keys are the names of the other keys that ${...} in a text refers to, as far as a
// first reading of the text shows them.
func Keys(text string) []string {
	var names []string
	for _, m := range keyReference.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// maxGrowth bounds by how many bytes variables, and again references, may make the
// texts of a config longer in all: what names itself twice doubles each round.
const maxGrowth = 16 << 20

// overgrown is the error of a text for which there was no room.
func (l *leaf) overgrown(room int) error {
	if room >= 0 {
		return nil
	}
	return l.failure("MemoryError", "what it refers to makes the texts of the config grow by more than %d MiB", maxGrowth>>20)
}

// resolve follows references to other keys. One that is the whole text takes the
// other's value with its type; a missing key and a table are the empty text.
func (f *flat) resolve() error {
	pending, room := f.leaves, maxGrowth
	for range rounds {
		var next []*leaf
		for _, l := range pending {
			text, _ := l.value.(string)
			match := keyReference.FindStringSubmatch(text)
			if match == nil {
				continue
			}
			next = append(next, l)
			l.value = f.replaced(l, text, match[0], match[1])
			if after, ok := l.value.(string); ok {
				room -= len(after) - len(text)
			}
			if err := l.overgrown(room); err != nil {
				return err
			}
		}
		pending = next
	}
	return nil
}

// replaced is the value of l once one reference in its text is followed. What is
// missing in the other key is missing here, too.
func (f *flat) replaced(l *leaf, text, reference, name string) any {
	var value any = ""
	if other, ok := f.at[path(strings.Split(name, ".")).key()]; ok {
		value, l.missing = other.value, cmp.Or(l.missing, other.missing)
	} else {
		l.missing = cmp.Or(l.missing, name)
	}
	if reference == text {
		return value
	}
	return strings.Replace(text, reference, pyliteral.Str(value), 1)
}
