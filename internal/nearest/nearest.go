// Package nearest finds the name that somebody most likely meant.
package nearest

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// longest is how many letters a name may have, so that comparing two stays cheap
// whatever a file holds.
const maxLetters = 256

// Of is the candidate that name was most likely meant to be: at most a third of
// name's letters away, the first of those that are equally near. It is empty if
// none is near, or if name is longer than 256 letters.
func Of(name string, candidates []string) string {
	letters := utf8.RuneCountInString(name)
	if letters > maxLetters {
		return ""
	}
	best, distance := "", letters/3+1
	for _, c := range candidates {
		if apart := utf8.RuneCountInString(c) - letters; apart >= distance || -apart >= distance {
			continue
		}
		if d := levenshtein.ComputeDistance(name, c); d < distance {
			best, distance = c, d
		}
	}
	return best
}

// Question asks whether the nearest candidate was meant, which show writes. It is
// empty if none is near.
func Question(name string, candidates []string, show func(string) string) string {
	if near := Of(name, candidates); near != "" {
		return "did you mean " + show(near) + "?"
	}
	return ""
}

// Hint asks in front of a hint whether the nearest candidate was meant. It is the
// hint alone if none is near.
func Hint(name string, candidates []string, hint string) string {
	return prepend(Question(name, candidates, unquoted), hint)
}

// QuotedHint is [Hint] with the candidate between quotation marks.
func QuotedHint(name string, candidates []string, hint string) string {
	return prepend(Question(name, candidates, strconv.Quote), hint)
}

func unquoted(name string) string { return name }

func prepend(question, hint string) string { return strings.TrimPrefix(question+" "+hint, " ") }
