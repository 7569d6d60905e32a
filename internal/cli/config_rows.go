package cli

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/terminal"
)

// configRow is one setting as text: its cells are safe for a terminal.
type configRow struct{ path, kind, value, origin string }

// maxColumn is how many columns wide a path or a value is at most. A longer one moves
// the rest of its own row alone, so that it does not pad all the others.
const maxColumn = 40

// writeConfigRows writes rows as a table. On a terminal an origin that does not fit is
// on the next line, and so is the rest of a long value.
func writeConfigRows(out terminal.Output, rows []configRow) error {
	var path, kind, value int
	for _, row := range rows {
		path, kind = max(path, bounded(row.path)), max(kind, bounded(row.kind))
	}
	limit := maxColumn
	if out.Width > 0 {
		path = min(path, out.Width*2/5)
		limit = max(0, out.Width-path-kind-6-len("default"))
	}
	for _, row := range rows {
		if n := utf8.RuneCountInString(row.value); n <= min(limit, maxColumn) {
			value = max(value, n)
		}
	}
	var b strings.Builder
	for _, row := range rows {
		row.write(&b, out, path, kind, value)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func bounded(cell string) int { return min(utf8.RuneCountInString(cell), maxColumn) }

// write writes a row with columns of these widths. After a path that is wider, the rest
// is on the next line of a terminal.
func (r configRow) write(b *strings.Builder, out terminal.Output, path, kind, value int) {
	b.WriteString(out.Style.Bold(pad(r.path, path)))
	column := max(path, utf8.RuneCountInString(r.path))
	if out.Width > 0 && column > path {
		b.WriteString("\n" + strings.Repeat(" ", path))
		column = path
	}
	b.WriteString("  " + out.Style.Dim(pad(r.kind, kind)) + "  ")
	column += 2 + max(kind, utf8.RuneCountInString(r.kind)) + 2
	indent := path + 2 + kind + 2
	text, last := broken(r.value, out.Width, column, indent)
	b.WriteString(text)
	padded := max(last, column+value)
	if out.Width > 0 && padded+2+utf8.RuneCountInString(r.origin) > out.Width {
		b.WriteString("\n" + strings.Repeat(" ", indent))
	} else {
		b.WriteString(strings.Repeat(" ", padded-last+2))
	}
	b.WriteString(r.styledOrigin(out) + "\n")
}

// styledOrigin returns the origin, of less weight if it is the default.
func (r configRow) styledOrigin(out terminal.Output) string {
	if r.origin == "default" {
		return out.Style.Dim(r.origin)
	}
	return out.Style.Cyan(r.origin)
}

func pad(cell string, width int) string {
	return cell + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(cell)))
}

// broken breaks a value that begins at a column into lines of at most width columns, and
// returns the column at which it ends. With a width of 0 it stays one line.
func broken(value string, width, column, indent int) (text string, last int) {
	letters := []rune(value)
	var b strings.Builder
	for width > 0 && column+len(letters) > width && width > indent {
		room := max(0, width-column)
		b.WriteString(string(letters[:room]) + "\n" + strings.Repeat(" ", indent))
		letters, column = letters[room:], indent
	}
	return b.String() + string(letters), column + len(letters)
}
