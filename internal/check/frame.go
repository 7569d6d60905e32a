package check

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	linesBefore    = 2   // lines shown before the one marked
	maxColumns     = 160 // code points shown of a line
	maxBytesAround = 512 // bytes read on either side of what is marked
)

// frame shows the part of the text that is marked.
func (s *source) frame(mark span) string {
	last := s.doc.Position(mark.start).Line
	var b strings.Builder
	for n := max(1, last-linesBefore); n < last; n++ {
		line := s.maskLine(n, span{-1, -1})
		writeLine(&b, n, line)
	}
	line := s.maskLine(last, mark)
	writeLine(&b, last, line)
	b.WriteString("      | ")
	b.WriteString(strings.Repeat(" ", line.mark.start))
	b.WriteByte('^')
	b.WriteString(strings.Repeat("~", line.mark.end-line.mark.start-1))
	return b.String()
}

func writeLine(b *strings.Builder, number int, line maskedLine) {
	n := strconv.Itoa(number)
	b.WriteString(strings.Repeat(" ", max(0, 5-len(n))))
	b.WriteString(n)
	b.WriteString(" | ")
	b.WriteString(line.text())
	b.WriteByte('\n')
}

// shown is a line as it is shown, with the columns that are marked, from 0.
type maskedLine struct {
	runes []rune
	mark  span
}

// text ends without blanks.
func (l *maskedLine) text() string { return strings.TrimRight(string(l.runes), " ") }

// show masks a line and cuts it around what is marked in it, if anything is.
func (s *source) maskLine(number int, mark span) maskedLine {
	start, end := s.doc.Line(number)
	lo, hi := start, min(end, start+2*maxBytesAround)
	if mark.start >= 0 {
		lo, hi = max(start, mark.start-maxBytesAround), min(end, max(mark.start, min(mark.end, end))+maxBytesAround)
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
	l.cut(lo > start, hi < end)
	return l
}

// boundary moves an offset back to where a code point begins.
func runeStart(text string, at, least int) int {
	for at > least && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// add shows a part of the text that begins at an offset.
func (l *maskedLine) add(text string, offset int, mark span) {
	for i, r := range text {
		l.place(offset+i, mark)
		if !unicode.IsGraphic(r) {
			r = ' '
		}
		l.runes = append(l.runes, r)
	}
}

// addMask shows that something is not shown, but for the blanks around it.
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

// place notes the columns of what is marked as its ends come by.
func (l *maskedLine) place(offset int, mark span) {
	if offset <= mark.start {
		l.mark.start = len(l.runes)
	}
	if offset < mark.end {
		l.mark.end = len(l.runes) + 1
	}
}

// closeMark ends what is marked at the end of the line, if it goes on or begins
// there.
func (l *maskedLine) closeMark(mark span, hi int) {
	if mark.start >= hi {
		l.mark.start = len(l.runes)
	}
	if mark.end > hi {
		l.mark.end = len(l.runes)
	}
	l.mark.end = max(l.mark.end, l.mark.start+1)
}

// cut shortens a line to the widest, around what is marked. The flags say that
// there is more of it on either side.
func (l *maskedLine) cut(left, right bool) {
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
