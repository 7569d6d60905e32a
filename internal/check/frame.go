package check

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	before = 2   // lines shown before the one marked
	widest = 160 // code points shown of a line
	reach  = 512 // bytes read on either side of what is marked
)

// frame shows the part of the text that is marked.
func (s *source) frame(mark span) string {
	last := s.doc.Position(mark.start).Line
	var b strings.Builder
	for n := max(1, last-before); n < last; n++ {
		line := s.show(n, span{-1, -1})
		writeLine(&b, n, line)
	}
	line := s.show(last, mark)
	writeLine(&b, last, line)
	b.WriteString("      | ")
	b.WriteString(strings.Repeat(" ", line.mark.start))
	b.WriteByte('^')
	b.WriteString(strings.Repeat("~", line.mark.end-line.mark.start-1))
	return b.String()
}

func writeLine(b *strings.Builder, number int, line shown) {
	n := strconv.Itoa(number)
	b.WriteString(strings.Repeat(" ", max(0, 5-len(n))))
	b.WriteString(n)
	b.WriteString(" | ")
	b.WriteString(line.text())
	b.WriteByte('\n')
}

// shown is a line as it is shown, with the columns that are marked, from 0.
type shown struct {
	runes []rune
	mark  span
}

// text ends without blanks.
func (l *shown) text() string { return strings.TrimRight(string(l.runes), " ") }

// show masks a line and cuts it around what is marked in it, if anything is.
func (s *source) show(number int, mark span) shown {
	start, end := s.doc.Line(number)
	lo, hi := start, min(end, start+2*reach)
	if mark.start >= 0 {
		lo, hi = max(start, mark.start-reach), min(end, max(mark.start, min(mark.end, end))+reach)
	}
	lo, hi = boundary(s.doc.Text, lo, start), boundary(s.doc.Text, hi, start)
	l := shown{runes: make([]rune, 0, hi-lo+2)}
	at := lo
	for _, m := range s.masks(number, lo, hi) {
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
func boundary(text string, at, least int) int {
	for at > least && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// add shows a part of the text that begins at an offset.
func (l *shown) add(text string, offset int, mark span) {
	for i, r := range text {
		l.place(offset+i, mark)
		if !unicode.IsGraphic(r) {
			r = ' '
		}
		l.runes = append(l.runes, r)
	}
}

// addMask shows that something is not shown, but for the blanks around it.
func (l *shown) addMask(text string, m span, mark span) {
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
func (l *shown) place(offset int, mark span) {
	if offset <= mark.start {
		l.mark.start = len(l.runes)
	}
	if offset < mark.end {
		l.mark.end = len(l.runes) + 1
	}
}

// closeMark ends what is marked at the end of the line, if it goes on or begins
// there.
func (l *shown) closeMark(mark span, hi int) {
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
func (l *shown) cut(left, right bool) {
	if n := len(l.runes); n > widest {
		from := max(0, min(l.mark.start-widest/2, n-widest))
		left, right = left || from > 0, right || from+widest < n
		l.runes = l.runes[from : from+widest]
		l.mark.start -= from
		l.mark.end = max(l.mark.start+1, min(l.mark.end-from, widest))
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
