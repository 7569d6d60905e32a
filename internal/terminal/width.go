package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Columns returns how many columns of a terminal a text takes: none for a mark that
// combines with the letter before it, two for a letter of Chinese, Japanese and Korean
// and for an emoji.
func Columns(text string) (n int) {
	for _, r := range text {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Pad returns a text with the spaces behind it that make it as wide as columns.
func Pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-Columns(text)))
}

// Cut returns the longest beginning of a text that fits in columns, and the rest.
func Cut(text string, columns int) (beginning, rest string) {
	for i, r := range text {
		if columns -= columnsOf(r); columns < 0 {
			return text[:i], text[i:]
		}
	}
	return text, ""
}
