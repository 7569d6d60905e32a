package tomlpos

import (
	"sort"
	"strings"
)

// Position is a position in a text. Line and Column count from 1, Column in Unicode code
// points. A byte order mark at the start is not counted.
type Position struct {
	Offset, Line, Column int
}

// countInterval is the distance in bytes between the offsets at which code points are
// counted.
const countInterval = 1 << 10

// lines finds the line and column of an offset, in constant time, so that a thousand
// positions on one long line cost no more than on many lines.
type lines struct {
	text   string
	starts []int   // the offset of each line's first byte, after a byte order mark
	counts []int32 // the number of code points before each multiple of countInterval
}

func newLines(text string) lines {
	l := lines{text: text, starts: make([]int, 1, 1+strings.Count(text, "\n"))}
	l.starts[0] = MarkLength(text)
	for start := l.starts[0]; ; {
		i := strings.IndexByte(text[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
		l.starts = append(l.starts, start)
	}
	return l
}

// ByteOrderMark is what PowerShell and editors put before a text.
const ByteOrderMark = "\ufeff"

// MarkLength returns the length of the byte order mark before a text, 3 or 0.
func MarkLength(text string) int {
	return len(text) - len(strings.TrimPrefix(text, ByteOrderMark))
}

// codePointsBefore returns the number of code points that begin before offset. The text
// must be UTF-8 up to there.
func (l *lines) codePointsBefore(offset int) int {
	for len(l.counts) <= offset/countInterval {
		n := len(l.counts)
		if n == 0 {
			l.counts = append(l.counts, 0)
			continue
		}
		l.counts = append(l.counts, l.counts[n-1]+int32(countCodePoints(l.text[(n-1)*countInterval:n*countInterval])))
	}
	i := offset / countInterval
	return int(l.counts[i]) + countCodePoints(l.text[i*countInterval:offset])
}

// codePointsBetween returns the number of code points that begin between two offsets.
func (l *lines) codePointsBetween(start, end int) int {
	if end-start <= countInterval {
		return countCodePoints(l.text[start:end])
	}
	return l.codePointsBefore(end) - l.codePointsBefore(start)
}

// countCodePoints returns the number of code points that begin in s.
func countCodePoints(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

// Position returns the position of a byte offset. An offset beyond the text counts as
// its end. Position must not be called concurrently.
func (d *Document) Position(offset int) Position {
	l := &d.lines
	offset = max(min(offset, len(l.text)), l.starts[0])
	line := sort.SearchInts(l.starts, offset+1)
	column := l.codePointsBetween(l.starts[line-1], offset) + 1
	return Position{Offset: offset, Line: line, Column: column}
}

// Line returns the byte offsets of a line, without its newline. Lines count from 1. For
// a number without a line it returns an empty span at the end of the text.
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
