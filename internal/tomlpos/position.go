package tomlpos

import (
	"sort"
	"strings"
)

// Position is a place in a text. Line and Column count from 1, Column in Unicode
// code points, a byte order mark at the start counting as nothing.
type Position struct {
	Offset, Line, Column int
}

// stride is how many bytes stand between two counts of code points.
const countInterval = 1 << 10

// lines answers for an offset in constant time which code point of which line
// it is, so that a thousand places in one long line cost no more than in many.
type lines struct {
	text   string
	starts []int   // the offset of each line's first byte after any mark
	counts []int32 // the code points before each multiple of stride
}

func newLines(text string) lines {
	l := lines{text: text, starts: []int{MarkLength(text)}}
	for at := l.starts[0]; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		l.starts = append(l.starts, at)
	}
	return l
}

// Plain is a document of a text that is not TOML, with its comments: it has
// positions and lines, and no keys or values.
func NewDocument(text string, comments []Comment) *Document {
	return &Document{Text: text, Nodes: make([]Node, 1), Comments: comments, lines: newLines(text)}
}

// ByteOrderMark is what PowerShell and editors put before a text.
const ByteOrderMark = "\ufeff"

// MarkLength is the length of the byte order mark before a text, 3 or 0.
func MarkLength(text string) int {
	return len(text) - len(strings.TrimPrefix(text, ByteOrderMark))
}

// codePoints counts those that begin before offset. The text is UTF-8 up to there.
func (l *lines) codePoints(offset int) int {
	for len(l.counts) <= offset/countInterval {
		n := len(l.counts)
		if n == 0 {
			l.counts = append(l.counts, 0)
			continue
		}
		l.counts = append(l.counts, l.counts[n-1]+int32(countCodePoints(l.text[(n-1)*countInterval:n*countInterval])))
	}
	mark := offset / countInterval
	return int(l.counts[mark]) + countCodePoints(l.text[mark*countInterval:offset])
}

// leads counts the bytes that begin a code point.
func countCodePoints(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

// Position says on which line and column a byte offset stands. An offset beyond
// the text is its end. It is not for concurrent use.
func (d *Document) Position(offset int) Position {
	l := &d.lines
	offset = max(min(offset, len(l.text)), l.starts[0])
	line := sort.SearchInts(l.starts, offset+1)
	column := l.codePoints(offset) - l.codePoints(l.starts[line-1]) + 1
	return Position{Offset: offset, Line: line, Column: column}
}

// Line gives the byte offsets of a line, without its newline. The first is 1;
// what is no line of the text is an empty span at its end.
func (d *Document) Line(number int) (start, end int) {
	if number < 1 || number > len(d.lines.starts) {
		return len(d.Text), len(d.Text)
	}
	start, end = d.lines.starts[number-1], len(d.Text)
	if number < len(d.lines.starts) {
		end = d.lines.starts[number] - 1
	}
	if end > start && d.Text[end-1] == '\r' {
		end--
	}
	return start, end
}
