// Package report writes what check and sync found, for people, for GitHub and
// for machines. It prints names, never values; text that others chose is made
// safe for where it goes.
package report

import (
	"strconv"
	"strings"
	"unicode"
)

// Safe is text on one line that no terminal and no runner takes for a command: as
// it is, or quoted where some character does not print or a workflow command
// begins.
func Safe(text string) string {
	notPrinting := strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if notPrinting || strings.HasPrefix(strings.TrimSpace(text), "::") || strings.Contains(text, oldCommand) {
		return disarm(strconv.Quote(text))
	}
	return text
}

// oldCommand begins a command of the runner's first form, which counts wherever
// it stands in a line (actions/runner, ActionCommand.cs).
const oldCommand = "##["

func disarm(text string) string { return strings.ReplaceAll(text, oldCommand, `#\x23[`) }

// plural is n and the word, in the plural unless n is 1.
func plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return strconv.Itoa(n) + " " + word
}
