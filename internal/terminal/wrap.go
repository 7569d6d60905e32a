package terminal

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks text at spaces into lines of at most width columns, the first of which
// begins after first columns, and indents all but that one. A word that is longer than
// a line is not broken. With a width of 0 the text stays one line.
func Wrap(text string, width, first, indent int) string {
	if width == 0 || first+utf8.RuneCountInString(text) <= width {
		return text
	}
	var b strings.Builder
	column, begun := first, false
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case !begun:
		case column+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column, begun = column+n, true
	}
	return b.String()
}

// WrapParagraphs wraps each paragraph of a text at width. A line that begins with a
// space stays as it is.
func WrapParagraphs(text string, width int) string {
	var out []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if !strings.HasPrefix(paragraph, " ") {
			paragraph = Wrap(strings.ReplaceAll(paragraph, "\n", " "), width, 0, 0)
		}
		out = append(out, paragraph)
	}
	return strings.Join(out, "\n\n")
}
