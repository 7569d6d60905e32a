package terminal

import "strings"

// Wrap breaks text at spaces into lines of at most width columns, the first of which
// begins after first columns, and indents all but that one. A word that is longer than
// a line is not broken. With a width of 0 the text stays one line.
func Wrap(text string, width, first, indent int) string {
	if width == 0 || first+Columns(text) <= width {
		return text
	}
	return WrapParts(strings.Split(text, " "), " ", width, first, indent, nil)
}

// WrapParts joins parts with a separator that ends with a space, and breaks lines at
// this space alone, as [Wrap] does. If style is not nil, it styles each part.
func WrapParts(parts []string, separator string, width, first, indent int, style func(string) string) string {
	var b strings.Builder
	mark := strings.TrimSuffix(separator, " ")
	column := first
	for i, part := range parts {
		shown, n := part, Columns(part)
		if i < len(parts)-1 {
			n += Columns(mark)
		}
		switch {
		case i == 0:
		case width > 0 && column+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		if style != nil {
			shown = style(part)
		}
		if b.WriteString(shown); i < len(parts)-1 {
			b.WriteString(mark)
		}
		column += n
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
