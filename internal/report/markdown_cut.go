package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// Cut returns the document in at most limit bytes, unless limit is less than a heading
// and the note need. It cuts rows of folded tables first, then those of the others, from
// the end of the document on, and says how many are left. Then it cuts what is neither a
// heading, an alert nor the footer. The words elsewhere, such as "the log has all of
// them", say where the rest is.
func (d *Document) Cut(limit int, elsewhere string) string {
	c := newCutting(d.blocks, limit, elsewhere)
	for _, folded := range []bool{true, false} {
		for i := len(c.blocks) - 1; i >= 0 && c.total > limit; i-- {
			if b := &c.blocks[i]; b.folded == folded && len(b.rows) > 0 {
				b.shrink(c.sizes[i]-(c.total-limit), elsewhere)
				c.resize(i)
			}
		}
	}
	if c.total > limit {
		c.drop()
	}
	return c.String()
}

// cutting is a document that is being cut.
type cutting struct {
	blocks    []block
	sizes     []int
	total     int
	limit     int
	elsewhere string
}

func newCutting(blocks []block, limit int, elsewhere string) *cutting {
	c := &cutting{blocks: slices.Clone(blocks), sizes: make([]int, len(blocks)), limit: limit, elsewhere: elsewhere}
	for i := range c.blocks {
		c.resize(i)
	}
	return c
}

func (c *cutting) resize(i int) {
	size := len(c.blocks[i].String(c.elsewhere))
	c.total += size - c.sizes[i]
	c.sizes[i] = size
}

// drop removes whole blocks from the end on, those that last at the end, and puts a note
// before the footer. The first heading stays.
func (c *cutting) drop() {
	at := len(c.blocks)
	if at > 0 && strings.HasPrefix(c.blocks[at-1].head, footerStart) {
		at--
	}
	c.blocks = slices.Insert(c.blocks, at, block{head: "The rest is missing here; " + c.elsewhere + ".\n\n", lasting: true})
	c.sizes = slices.Insert(c.sizes, at, 0)
	c.resize(at)
	for _, lasting := range []bool{false, true} {
		for i := at - 1; i > 0 && c.total > c.limit; i-- {
			if c.blocks[i].lasting == lasting && c.sizes[i] > 0 {
				c.blocks[i] = block{}
				c.resize(i)
			}
		}
	}
	if footer := at + 1; c.total > c.limit && footer < len(c.blocks) {
		c.blocks[footer] = block{}
		c.resize(footer)
	}
}

func (c *cutting) String() string {
	var b strings.Builder
	for i := range c.blocks {
		b.WriteString(c.blocks[i].String(c.elsewhere))
	}
	return b.String()
}

// shrink cuts as many rows as the block needs to have at most limit bytes.
func (b *block) shrink(limit int, elsewhere string) {
	b.cut = len(b.rows)
	left := limit - len(b.String(elsewhere)) - len(strconv.Itoa(len(b.rows)))
	for _, row := range b.rows {
		if left -= len(row); left < 0 {
			return
		}
		b.cut--
	}
}

// ParseDocument returns the document of which text is the Markdown, as a [Document]
// writes it. In any other text only what looks like its tables can be cut.
func ParseDocument(text string) *Document {
	d := &Document{}
	for text != "" {
		b, rest := parseBlock(text)
		d.blocks, text = append(d.blocks, b), rest
	}
	return d
}

var (
	tableForm = lazyregexp.New(`^(<details>\n<summary>.*</summary>\n\n)?(\|.*\|\n(?:\| :-- )+\|\n)((?:\|.*\|\n)*)` +
		`(?:\n(\d+) of (\d+) \w+ are shown here; .*\.\n)?\n(</details>\n\n)?`)
	paragraphForm = lazyregexp.New(`^(?:.*[^\n].*\n?)*\n*`)
	lastingForm   = lazyregexp.New(`^(?:#|> \[!|` + footerStart + `)`)
)

// parseBlock returns the first block of a text, which is not empty, and the text after it.
func parseBlock(text string) (b block, rest string) {
	m := tableForm().FindStringSubmatch(text)
	if m == nil || (m[1] == "") != (m[6] == "") {
		head := paragraphForm().FindString(text)
		return block{head: head, lasting: lastingForm().MatchString(head)}, text[len(head):]
	}
	b = newTable(m[1], m[2], slices.Collect(strings.Lines(m[3])))
	if kept, all := number(m[4]), number(m[5]); all > kept {
		b.missing = all - kept
	}
	return b, text[len(m[0]):]
}

// number returns the number that digits say, 0 for none and for too many.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
