package check

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
)

const (
	linesBefore    = 2   // shown before the marked line
	maxColumns     = 160 // code points shown of a line
	maxBytesAround = 512 // bytes read on either side of the mark
	frameSize      = 192 // bytes of most frames
)

// noMark is a mark on no line.
var noMark = span{-1, -1}

// frame returns the marked line and the lines before it, masked, with a marker below.
func (s *source) frame(mark span) string {
	last := s.doc.Position(mark.start).Line
	var b strings.Builder
	b.Grow(frameSize)
	for n := s.firstFrameLine(last); n < last; n++ {
		writeLine(&b, s.shownLine(n), s.maskLine(n, noMark))
	}
	line := s.maskLine(last, mark)
	writeLine(&b, s.shownLine(last), line)
	b.WriteString("      | ")
	b.WriteString(strings.Repeat(" ", line.mark.start))
	b.WriteByte('^')
	b.WriteString(strings.Repeat("~", line.mark.end-line.mark.start-1))
	return b.String()
}

// firstFrameLine returns the first line to show before a line. In a notebook it is of
// the same cell.
func (s *source) firstFrameLine(last int) int {
	first := max(1, last-linesBefore)
	if s.flow == nil || s.flow.notebook == nil {
		return first
	}
	for n := last - 1; n >= first; n-- {
		if start, end := s.doc.Line(n); s.doc.Text[start:end] == pysource.CellMark {
			return n + 1
		}
	}
	return first
}

func writeLine(b *strings.Builder, number int, line maskedLine) {
	n := strconv.Itoa(number)
	b.WriteString(strings.Repeat(" ", max(0, 5-len(n))))
	b.WriteString(n)
	b.WriteString(" | ")
	b.WriteString(strings.TrimRight(string(line.runes), " "))
	b.WriteByte('\n')
}

// maskedLine is a line to display.
type maskedLine struct {
	runes []rune
	mark  span // the marked columns, from 0
}

// maskLine masks a line and shortens it around the mark, unless that is noMark.
func (s *source) maskLine(number int, mark span) maskedLine {
	start, end := s.doc.Line(number)
	lo, hi := start, min(end, start+2*maxBytesAround)
	if mark.start >= 0 {
		markEnd := max(mark.start, min(mark.end, end))
		lo, hi = max(start, mark.start-maxBytesAround), min(end, markEnd+maxBytesAround)
	}
	lo, hi = runeStart(s.doc.Text, lo, start), runeStart(s.doc.Text, hi, start)
	l := maskedLine{runes: make([]rune, 0, hi-lo+2)}
	at := lo
	for _, m := range s.lineMasks(number, lo, hi) {
		if m.end <= at {
			continue
		}
		m.start = max(at, m.start)
		l.add(s.doc.Text[at:m.start], at, mark)
		l.addMask(s.doc.Text, m, mark)
		at = m.end
	}
	l.add(s.doc.Text[at:hi], at, mark)
	l.closeMark(mark, hi)
	l.truncate(lo > start, hi < end)
	return l
}

// runeStart moves an offset back to the start of a code point, but not below least.
func runeStart(text string, at, least int) int {
	for at > least && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// add appends a part of the text that begins at an offset. A character that would
// move a terminal's cursor becomes a space.
func (l *maskedLine) add(text string, offset int, mark span) {
	for i, r := range text {
		l.extendMark(offset+i, mark)
		if !unicode.IsGraphic(r) {
			r = ' '
		}
		l.runes = append(l.runes, r)
	}
}

// addMask appends a mask for a part of the text. Its leading spaces stay.
func (l *maskedLine) addMask(text string, m span, mark span) {
	hidden := text[m.start:m.end]
	trimmed := strings.TrimLeft(hidden, " \t")
	l.add(hidden[:len(hidden)-len(trimmed)], m.start, mark)
	if trimmed == "" {
		return
	}
	m.start += len(hidden) - len(trimmed)
	from := len(l.runes)
	l.runes = append(l.runes, []rune(mask)...)
	if mark.start >= m.start && mark.start < m.end {
		l.mark.start = from
	}
	if mark.end > m.start && mark.end <= m.end {
		l.mark.end = len(l.runes)
	}
}

// extendMark moves the ends of the marked columns while add has not reached them.
func (l *maskedLine) extendMark(offset int, mark span) {
	if offset <= mark.start {
		l.mark.start = len(l.runes)
	}
	if offset < mark.end {
		l.mark.end = len(l.runes) + 1
	}
}

// closeMark ends the marked columns at the end of the line, if the mark goes on or
// begins there.
func (l *maskedLine) closeMark(mark span, hi int) {
	if mark.start >= hi {
		l.mark.start = len(l.runes)
	}
	if mark.end > hi {
		l.mark.end = len(l.runes)
	}
	l.mark.end = max(l.mark.end, l.mark.start+1)
}

// truncate shortens a line to maxColumns around the mark. left and right report that
// the line has more on that side already.
func (l *maskedLine) truncate(left, right bool) {
	if n := len(l.runes); n > maxColumns {
		from := max(0, min(l.mark.start-maxColumns/2, n-maxColumns))
		left, right = left || from > 0, right || from+maxColumns < n
		l.runes = l.runes[from : from+maxColumns]
		l.mark.start -= from
		l.mark.end = max(l.mark.start+1, min(l.mark.end-from, maxColumns))
	}
	if left {
		l.runes = append([]rune{'…'}, l.runes...)
		l.mark.start++
		l.mark.end++
	}
	if right {
		l.runes = append(l.runes, '…')
	}
}
