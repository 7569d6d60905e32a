package cli

import (
	"io"
	"strings"

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
		if n := terminal.Columns(row.value); n <= min(limit, maxColumn) {
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

func bounded(cell string) int { return min(terminal.Columns(cell), maxColumn) }

// write writes a row with columns of these widths. After a path that is wider, the rest
// is on the next line of a terminal.
func (r configRow) write(b *strings.Builder, out terminal.Output, path, kind, value int) {
	shown, last := broken(r.path, out.Width, 0, 2)
	b.WriteString(out.Style.Bold(shown + strings.Repeat(" ", max(0, path-last))))
	column := max(path, last, terminal.Columns(r.path))
	if out.Width > 0 && column > path {
		b.WriteString("\n" + strings.Repeat(" ", path))
		column = path
	}
	b.WriteString("  " + out.Style.Dim(terminal.Pad(r.kind, kind)) + "  ")
	column += 2 + max(kind, terminal.Columns(r.kind)) + 2
	indent := path + 2 + kind + 2
	text, last := broken(r.value, out.Width, column, indent)
	b.WriteString(text)
	padded := max(last, column+value)
	if out.Width > 0 && padded+2+terminal.Columns(r.origin) > out.Width {
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

// broken breaks a value that begins at a column into lines of at most width columns, and
// returns the column at which it ends. With a width of 0 it stays one line.
func broken(value string, width, column, indent int) (text string, last int) {
	var b strings.Builder
	for width > indent+1 && column+terminal.Columns(value) > width {
		line, rest := terminal.Cut(value, max(0, width-column))
		b.WriteString(line + "\n" + strings.Repeat(" ", indent))
		value, column = rest, indent
	}
	return b.String() + value, column + terminal.Columns(value)
}
