package check

import (
	"bytes"
	"slices"
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
)

// noMark is a mark on no line.
var noMark = span{-1, -1}

// frame returns the marked line and the lines before it, masked, with a marker below.
func (s *source) frame(mark span) string {
	last, frame, line := s.doc.Position(mark.start).Line, s.frameText[:0], &s.frameLine
	for n := s.firstFrameLine(last); n < last; n++ {
		s.maskLine(line, n, noMark)
		frame = appendLine(frame, s.shownLine(n), line.text)
	}
	s.maskLine(line, last, mark)
	frame = appendLine(frame, s.shownLine(last), line.text)
	frame = append(frame, "      | "...)
	frame = append(frame, strings.Repeat(" ", line.mark.start)...)
	frame = append(frame, '^')
	for range line.mark.end - line.mark.start - 1 {
		frame = append(frame, '~')
	}
	s.frameText = frame
	return string(frame)
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

func appendLine(to []byte, number int, text []byte) []byte {
	n := strconv.Itoa(number)
	to = append(to, strings.Repeat(" ", max(0, 5-len(n)))...)
	to = append(to, n...)
	to = append(to, " | "...)
	to = append(to, bytes.TrimRight(text, " ")...)
	return append(to, '\n')
}

// maskedLine is a line to display.
type maskedLine struct {
	text    []byte
	columns int
	mark    span // the marked columns, from 0
	masks   []span
}

// maskLine sets l to a line, masked, and shortened around the mark unless that is noMark.
// It uses the memory of l again.
func (s *source) maskLine(l *maskedLine, number int, mark span) {
	start, end := s.doc.Line(number)
	lo, hi := start, min(end, start+2*maxBytesAround)
	if mark.start >= 0 {
		markEnd := max(mark.start, min(mark.end, end))
		lo, hi = max(start, mark.start-maxBytesAround), min(end, markEnd+maxBytesAround)
	}
	lo, hi = runeStart(s.doc.Text, lo, start), runeStart(s.doc.Text, hi, start)
	l.text, l.columns, l.mark = l.text[:0], 0, span{}
	l.masks = s.appendLineMasks(l.masks[:0], number, lo, hi)
	at := lo
	for _, m := range l.masks {
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
	for text != "" {
		n := printableLength(text)
		if n > 0 {
			l.extend(n, offset, mark)
			l.text = append(l.text, text[:n]...)
		} else {
			var r rune
			if r, n = utf8.DecodeRuneInString(text); !unicode.IsGraphic(r) {
				r = ' '
			}
			l.extend(1, offset, mark)
			l.text = utf8.AppendRune(l.text, r)
		}
		text, offset = text[n:], offset+n
	}
}

// printableLength returns the length of the text's prefix of printable ASCII.
func printableLength(text string) int {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return i
		}
	}
	return len(text)
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
	from := l.columns
	l.text = append(l.text, mask...)
	l.columns += len(mask)
	if mark.start >= m.start && mark.start < m.end {
		l.mark.start = from
	}
	if mark.end > m.start && mark.end <= m.end {
		l.mark.end = l.columns
	}
}

// extend adds columns for the text from an offset on: one for each byte of ASCII, or one
// for a whole character. It moves the ends of the mark that are not before the offset.
func (l *maskedLine) extend(columns, offset int, mark span) {
	if offset <= mark.start {
		l.mark.start = l.columns + min(mark.start-offset, columns-1)
	}
	if offset < mark.end {
		l.mark.end = l.columns + min(mark.end-offset, columns)
	}
	l.columns += columns
}

// closeMark ends the marked columns at the end of the line, if the mark goes on or
// begins there.
func (l *maskedLine) closeMark(mark span, hi int) {
	if mark.start >= hi {
		l.mark.start = l.columns
	}
	if mark.end > hi {
		l.mark.end = l.columns
	}
	l.mark.end = max(l.mark.end, l.mark.start+1)
}

// truncate shortens a line to maxColumns around the mark. left and right report that
// the line has more on that side already.
func (l *maskedLine) truncate(left, right bool) {
	if n := l.columns; n > maxColumns {
		from := max(0, min(l.mark.start-maxColumns/2, n-maxColumns))
		left, right = left || from > 0, right || from+maxColumns < n
		l.text = append(l.text[:0], string([]rune(string(l.text))[from:from+maxColumns])...)
		l.mark.start -= from
		l.mark.end = max(l.mark.start+1, min(l.mark.end-from, maxColumns))
	}
	if left {
		l.text = slices.Insert(l.text, 0, []byte(ellipsis)...)
		l.mark.start++
		l.mark.end++
	}
	if right {
		l.text = append(l.text, ellipsis...)
	}
}

// ellipsis stands for the rest of a line.
const ellipsis = "…"
