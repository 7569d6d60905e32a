package nearest

import (
	"strings"
	"unicode/utf8"
)

// maxGlobDistance is how many letters a name may differ from a glob.
const maxGlobDistance = 2

// Glob returns the name that is nearest to a glob of letters, * and ?. At most two
// letters may differ, and fewer than half of the glob's letters, or than a third if
// it has a *. It returns "" if no name is near, or if the glob has a bracket or a
// backslash or more than 256 letters.
func Glob(glob string, names []string) string {
	if strings.ContainsAny(glob, `[\`) || utf8.RuneCountInString(glob) > maxLetters {
		return ""
	}
	share := 2
	if strings.Contains(glob, "*") {
		share = 3
	}
	letters := utf8.RuneCountInString(strings.NewReplacer("*", "", "?", "").Replace(glob))
	best, limit := "", min(maxGlobDistance, (letters-1)/share)
	for _, name := range names {
		if utf8.RuneCountInString(name) > maxLetters {
			continue
		}
		if d := globDistance([]rune(glob), []rune(name)); d <= limit && (best == "" || d < limit) {
			best, limit = name, d
		}
	}
	return best
}

// globDistance returns the least number of letters to insert, delete or change in a
// name so that the glob matches it.
func globDistance(glob, name []rune) int {
	row := make([]int, len(name)+1) // distances of the glob so far from each prefix of name
	for i := range row {
		row[i] = i
	}
	for _, g := range glob {
		diagonal := row[0] // in the row above, one to the left
		if g != '*' {
			row[0]++
		}
		for i, letter := range name {
			above, left := row[i+1], row[i]
			switch {
			case g == '*':
				row[i+1] = min(above, left)
			case g == '?' || g == letter:
				row[i+1] = min(diagonal, above+1, left+1)
			default:
				row[i+1] = min(diagonal, above, left) + 1
			}
			diagonal = above
		}
	}
	return row[len(name)]
}
