package report

import (
	"fmt"
	"slices"
	"strings"
)

// MaxComment is the longest comment on GitHub, in characters (its API refuses 65,537
// with "body is too long").
const MaxComment = 65536

// Document is a report in GitHub's Markdown. It can be cut to a length without breaking
// its markup.
type Document struct{ blocks []block }

// block is a part of a document: text, or a table whose last rows can be cut.
type block struct {
	head, foot string
	rows       []string
	things     string // what the rows are
	folded     bool
	lasting    bool // stays when what is only explained is cut
	missing    int  // how many rows were cut before
	cut        int  // how many rows are missing at the end
}

// newDocument returns a document with a heading; the title may be empty.
func newDocument(title string) *Document {
	heading := "### Prefect secrets"
	if title != "" {
		heading += ": " + title
	}
	d := &Document{}
	d.heading(heading)
	return d
}

func (d *Document) text(markdown string) {
	d.blocks = append(d.blocks, block{head: markdown})
}

// heading writes a line that stays whatever is cut.
func (d *Document) heading(line string) {
	d.blocks = append(d.blocks, block{head: line + "\n\n", lasting: true})
}

// alert writes one of GitHub's alerts. The text is Markdown on one line.
func (d *Document) alert(kind, text string) {
	d.heading(fmt.Sprintf("> [!%s]\n> %s", kind, text))
}

// table writes a table, unless it is empty. With a summary it is folded under that.
func (d *Document) table(summary string, t table) {
	if len(t.rows) == 0 {
		return
	}
	head, rows := t.markdown()
	if summary != "" {
		summary = "<details>\n<summary>" + summary + "</summary>\n\n"
	}
	d.blocks = append(d.blocks, newTable(summary, head, rows))
}

// newTable returns the block of a table, which is folded if it has a summary.
func newTable(summary, head string, rows []string) block {
	b := block{head: summary + head, rows: rows, foot: "\n", things: "rows"}
	for column, things := range rowsAre {
		if strings.HasPrefix(head, "| "+column+" |") {
			b.things = things
		}
	}
	if summary != "" {
		b.foot, b.folded = "\n</details>\n\n", true
	}
	return b
}

// rowsAre says what the rows of a table are, by its first column.
var rowsAre = map[string]string{"Action": "changes", "Secret": "names", "Severity": "findings"}

// Join appends the blocks of other documents to d.
func (d *Document) Join(others ...*Document) *Document {
	for _, other := range others {
		d.blocks = append(d.blocks, other.blocks...)
	}
	return d
}

// Footer ends the document with Markdown in small letters.
func (d *Document) Footer(markdown string) *Document {
	if markdown != "" {
		d.blocks = append(d.blocks, block{head: footerStart + markdown + "</sub>\n", lasting: true})
	}
	return d
}

const footerStart = "<sub>"

// Empty reports whether nothing was written to the document.
func (d *Document) Empty() bool { return len(d.blocks) == 0 }

func (d *Document) String() string {
	var b strings.Builder
	for i := range d.blocks {
		b.WriteString(d.blocks[i].String(""))
	}
	return b.String()
}

func (b *block) String(elsewhere string) string {
	kept := len(b.rows) - b.cut
	note := ""
	if b.cut+b.missing > 0 {
		note = fmt.Sprintf("\n%d of %d %s are shown here; %s.\n", kept, len(b.rows)+b.missing, b.things, elsewhere)
	}
	return b.head + strings.Join(b.rows[:kept], "") + note + b.foot
}

// table is a table of Markdown cells.
type table struct {
	head []string
	rows [][]string
}

func (t *table) columns(names ...string) { t.head = names }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// markdown returns the lines of the table, without columns that are empty in each row.
func (t *table) markdown() (head string, rows []string) {
	var used []int
	for i := range t.head {
		if slices.ContainsFunc(t.rows, func(row []string) bool { return row[i] != "" }) {
			used = append(used, i)
		}
	}
	line := func(cells []string) string {
		var b strings.Builder
		for _, i := range used {
			b.WriteString("| " + cells[i] + " ")
		}
		return b.String() + "|\n"
	}
	for _, row := range t.rows {
		rows = append(rows, line(row))
	}
	return line(t.head) + strings.Repeat("| :-- ", len(used)) + "|\n", rows
}
