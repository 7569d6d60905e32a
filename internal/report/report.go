// Package report writes the results of check and sync, for people, for GitHub and for
// programs. It prints names, never values. It escapes text that others chose.
package report

import (
	"strconv"
	"strings"
	"unicode"
)

// Safe returns text on one line that is not a command to a terminal or a runner. It
// quotes text in which a character does not print or a workflow command begins.
func Safe(text string) string {
	notPrinting := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if notPrinting || strings.HasPrefix(strings.TrimSpace(text), "::") || strings.Contains(text, oldCommand) {
		return disarm(strconv.Quote(text))
	}
	return text
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
