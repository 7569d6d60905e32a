package check

import (
	"fmt"
	"slices"
	"strings"
)

// maxNamesListed is how many names a message lists; a value of 1 MiB has more.
const maxNamesListed = 20

// nameList is the names that a message lists: those of variables or keys in a value,
// of which some may be a part of a secret.
type nameList struct {
	shown  []string // each once
	hidden int      // how many more there are
	seen   map[string]bool
}

// add adds a name, unless it is there already.
func (l *nameList) add(name string) {
	if l.isNew(name) {
		l.append(maskedName(name, ""))
	}
}

// addShown adds a name that is not part of a secret, unless it is there already.
func (l *nameList) addShown(name string) {
	if l.isNew(name) {
		l.append(name)
	}
}

func (l *nameList) isNew(name string) bool {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	isNew := !l.seen[name]
	l.seen[name] = true
	return isNew
}

func (l *nameList) append(shown string) {
	if shown == "" || len(l.shown) == maxNamesListed {
		l.hidden++
		return
	}
	l.shown = append(l.shown, shown)
}

func (l *nameList) len() int { return len(l.shown) + l.hidden }

// phrase returns the names after their noun: the variable A, the variables A, B and 1
// more, or, where none can be shown, a variable or 2 variables.
func (l *nameList) phrase(noun string) string {
	switch {
	case l.len() == 1 && l.hidden == 1:
		return article(noun) + noun
	case len(l.shown) == 0:
		return fmt.Sprintf("%d %ss", l.hidden, noun)
	case l.len() == 1:
		return "the " + noun + " " + l.shown[0]
	}
	return "the " + noun + "s " + l.String()
}

// String returns the names with commas and an and between them.
func (l *nameList) String() string {
	words := slices.Clone(l.shown)
	if l.hidden > 0 {
		words = append(words, fmt.Sprintf("%d more", l.hidden))
	}
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// plural returns one word or the other, for one thing or several.
func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// article returns a or an, with a space.
func article(noun string) string {
	if strings.Contains("aeiou", noun[:1]) {
		return "an "
	}
	return "a "
}
