// Package nearest finds the name that a misspelled one was most likely meant to be.
package nearest

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// maxLetters is the length of the longest name that is compared, so that comparisons
// stay cheap whatever a file contains.
const maxLetters = 256

// Of returns the candidate that is nearest to name. At most a third of name's letters
// may differ. Of equally near candidates it returns the first. It returns "" if none
// is near, or if name is longer than 256 letters.
func Of(name string, candidates []string) string {
	letters := utf8.RuneCountInString(name)
	if letters > maxLetters {
		return ""
	}
	best, limit := "", letters/3+1
	for _, c := range candidates {
		if difference := utf8.RuneCountInString(c) - letters; difference >= limit || -difference >= limit {
			continue
		}
		if d := distance(name, c); d < limit {
			best, limit = c, d
		}
	}
	return best
}

// distance is the number of letters to insert, remove or replace. Two neighbours that
// are swapped count once, if nothing else differs.
func distance(a, b string) int {
	if isSwap([]rune(a), []rune(b)) {
		return 1
	}
	return levenshtein.ComputeDistance(a, b)
}

func isSwap(a, b []rune) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
		}
	}
	return false
}

// Question asks "did you mean X?", where X is the nearest candidate as format returns
// it. It returns "" if none is near.
func Question(name string, candidates []string, format func(string) string) string {
	if near := Of(name, candidates); near != "" {
		return "did you mean " + format(near) + "?"
	}
	return ""
}

// Hint returns a hint with the [Question] for the nearest candidate before it. It
// returns the hint alone if none is near.
func Hint(name string, candidates []string, hint string) string {
	return prepend(Question(name, candidates, unquoted), hint)
}

// QuotedHint is [Hint] with the candidate in quotation marks.
func QuotedHint(name string, candidates []string, hint string) string {
	return prepend(Question(name, candidates, strconv.Quote), hint)
}

func unquoted(name string) string { return name }

func prepend(question, hint string) string { return strings.TrimPrefix(question+" "+hint, " ") }
