package exit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// maxEqual is how many lines of one form a message has in full.
const maxEqual = 3

// varying matches what differs between lines of one form: quoted strings, places, and
// names.
var varying = lazyregexp.New(`"(?:[^"\\]|\\.)*"|\S*[0-9_]\S*|\b[A-Z]{2,}\b`)

// foldEqual replaces the lines of one form behind the first ones by their number.
func foldEqual(message string) string {
	lines := strings.Split(message, "\n")
	if len(lines) <= maxEqual+1 {
		return message
	}
	forms, count := make([]string, len(lines)), map[string]int{}
	for i, line := range lines {
		forms[i] = formOf(line)
		count[forms[i]]++
	}
	var folded []string
	seen := map[string]int{}
	for i, line := range lines {
		form := forms[i]
		seen[form]++
		switch left := count[form] - maxEqual; {
		case seen[form] <= maxEqual, left == 1: // one line more says as much as the number
			folded = append(folded, line)
		case seen[form] == maxEqual+1:
			folded = append(folded, fmt.Sprintf("… and %d more lines like this", left))
		}
	}
	return strings.Join(folded, "\n")
}

// formOf returns a line without what varies. A name that is quoted may appear without
// its quotation marks as well.
func formOf(line string) string {
	quoted := map[string]bool{}
	for _, text := range varying().FindAllString(line, -1) {
		quoted[strings.Trim(text, `"`)] = true
	}
	words := strings.Fields(varying().ReplaceAllString(line, ""))
	words = slices.DeleteFunc(words, func(word string) bool { return quoted[strings.Trim(word, ",:;.()")] })
	return strings.Join(words, " ")
}
