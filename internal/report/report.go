// Package report writes the results of check and sync, for people, for GitHub and for
// programs. It prints names, never values. It escapes text that others chose.
package report

import (
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/secretname"
)

// Safe returns text on one line that is not a command to a terminal or a runner. It
// quotes text in which a character does not print, or nobody sees it, or in which a
// workflow command begins.
func Safe(text string) string {
	if hasInvisible(text) || strings.HasPrefix(strings.TrimSpace(text), "::") || strings.Contains(text, oldCommand) {
		return disarm(quote(text))
	}
	return text
}

// hasInvisible reports whether a text has an invisible character. Most have only ASCII.
func hasInvisible(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return strings.ContainsFunc(text[i:], secretname.IsInvisible)
		}
	}
	return false
}

// quote is strconv.Quote, with an escape for each invisible character as well.
func quote(text string) string {
	var b strings.Builder
	for _, r := range strconv.Quote(text) {
		if secretname.IsInvisible(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oldCommand begins a command of the runner's old form, which may be anywhere in a line
// (actions/runner, ActionCommand.cs).
const oldCommand = "##["

func disarm(text string) string { return strings.ReplaceAll(text, oldCommand, `#\x23[`) }

// Plural returns n and the word, in the plural unless n is 1.
func Plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}
