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
	cut        int // how many rows are missing at the end
}

// newDocument returns a document with a heading; the title may be empty.
func newDocument(title string) *Document {
	heading := "### Prefect secrets"
	if title != "" {
		heading += ": " + title
	}
	return &Document{[]block{{head: heading + "\n\n"}}}
}

func (d *Document) text(markdown string) {
	d.blocks = append(d.blocks, block{head: markdown})
}

// alert writes one of GitHub's alerts. The text is Markdown on one line.
func (d *Document) alert(kind, text string) {
	d.text(fmt.Sprintf("> [!%s]\n> %s\n\n", kind, text))
}

// table writes a table, unless it is empty. With a summary it is folded under that.
func (d *Document) table(summary string, t table, things string) {
	if len(t.rows) == 0 {
		return
	}
	head, rows := t.markdown()
	b := block{head: head, rows: rows, foot: "\n", things: things}
	if summary != "" {
		b.head = "<details>\n<summary>" + summary + "</summary>\n\n" + head
		b.foot, b.folded = "\n</details>\n\n", true
	}
	d.blocks = append(d.blocks, b)
}

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
		d.text("<sub>" + markdown + "</sub>\n")
	}
	return d
}

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
	if b.cut > 0 {
		note = fmt.Sprintf("\n%d of %d %s are shown here; %s.\n", kept, len(b.rows), b.things, elsewhere)
	}
	return b.head + strings.Join(b.rows[:kept], "") + note + b.foot
}

// Cut returns the document in at most limit bytes. It cuts rows of folded tables first,
// then those of the others, from the end of the document on, and says how many are
// left. The words elsewhere, such as "the log has all of them", say where the rest is.
func (d *Document) Cut(limit int, elsewhere string) string {
	blocks := slices.Clone(d.blocks)
	sizes := make([]int, len(blocks))
	total := 0
	for i := range blocks {
		sizes[i] = len(blocks[i].String(elsewhere))
		total += sizes[i]
	}
	for _, folded := range []bool{true, false} {
		for i := len(blocks) - 1; i >= 0 && total > limit; i-- {
			if b := &blocks[i]; b.folded == folded && len(b.rows) > 0 {
				b.shrink(sizes[i]-(total-limit), elsewhere)
				total += len(b.String(elsewhere)) - sizes[i]
			}
		}
	}
	var b strings.Builder
	for i := range blocks {
		b.WriteString(blocks[i].String(elsewhere))
	}
	return cutLines(b.String(), limit, "\n\nThe rest is missing here; "+elsewhere+".\n")
}

// shrink cuts as many rows as the block needs to have at most limit bytes.
func (b *block) shrink(limit int, elsewhere string) {
	b.cut = len(b.rows)
	left := limit - len(b.String(elsewhere)) - len(fmt.Sprint(len(b.rows)))
	for _, row := range b.rows {
		if left -= len(row); left < 0 {
			return
		}
		b.cut--
	}
}

// cutLines returns text if it has at most limit bytes. Else it returns the first
// complete lines, and the note, which says that something is missing: together at most
// limit bytes.
func cutLines(text string, limit int, note string) string {
	if len(text) <= limit {
		return text
	}
	head := text[:max(limit-len(note), 0)]
	return head[:strings.LastIndexByte(head, '\n')+1] + note
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
