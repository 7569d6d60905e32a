package pysource

import "strings"

// str reads a text whose quotes begin at an offset, after its prefix. One of a
// single line that is not closed ends with its line.
func (s *scanner) str(quotes int) {
	prefix := strings.ToLower(s.src[s.at:quotes])
	quote := s.src[quotes : quotes+1]
	if strings.HasPrefix(s.src[quotes:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	if strings.Contains(prefix, "f") {
		raw := strings.Contains(prefix, "r")
		s.push(open{mode: inFString, quote: quote, raw: raw}, tokFStart, quotes+len(quote))
		return
	}
	end, closed := textEnd(s.src, quotes+len(quote), quote)
	if !closed {
		s.fail(unclosedText, s.at, end)
	}
	s.add(tokText, end)
}

// textEnd is where a text ends, closing quotes included, or where it should have
// been closed at the latest.
func textEnd(src string, at int, quote string) (end int, closed bool) {
	for at < len(src) {
		switch c := src[at]; {
		case c == '\\':
			at++
		case c == '\n' && len(quote) == 1:
			return at, false
		case c == quote[0] && strings.HasPrefix(src[at:], quote):
			return at + len(quote), true
		}
		at++
	}
	return len(src), false
}

// formatText reads the literal part of an f-string, or of the format of one of
// its fields, up to a field or the end.
func (s *scanner) formatText() {
	o := s.stack[len(s.stack)-1]
	at := s.at
	for at < len(s.src) {
		rest := s.src[at:]
		switch c := rest[0]; {
		case c == '\\':
			at += escapeLength(rest, o.raw)
			continue
		case o.mode == inFString && (strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}")):
			at += 2
			continue
		case c == '{' || c == '}' && o.mode == inFormat:
			s.field(at, c)
			return
		case c == '\n' && len(o.quote) == 1, strings.HasPrefix(rest, o.quote):
			s.endFormatted(at, o)
			return
		}
		at++
	}
	s.formatPart(len(s.src))
}

// longestName is more than a character's name in Unicode has, with \N{ and }.
const longestName = 128

// escapeLength measures a backslash with what it takes along. That is no brace,
// which opens a field all the same, except in \N{NAME}.
func escapeLength(rest string, raw bool) int {
	switch {
	case len(rest) == 1 || rest[1] == '{' || rest[1] == '}':
		return 1
	case !raw && strings.HasPrefix(rest, `\N{`):
		if i := strings.IndexByte(rest[:min(len(rest), longestName)], '}'); i >= 0 {
			return i + 1
		}
	}
	return 2
}

// formatPart adds the literal part that ends at an offset, if it is not empty.
func (s *scanner) formatPart(end int) {
	if end = min(end, len(s.src)); end > s.at {
		s.add(tokFText, end)
	}
}

// field opens the field that begins at an offset, or closes the one whose format
// ends there.
func (s *scanner) field(at int, brace byte) {
	s.formatPart(at)
	if brace == '{' {
		o := s.stack[len(s.stack)-1]
		s.push(open{mode: inField, quote: o.quote, raw: o.raw}, tokOp, s.at+1)
		return
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.pop('}')
}

// format begins the format of the field that is open.
func (s *scanner) format() {
	o := s.stack[len(s.stack)-1]
	o.mode = inFormat
	s.stack = append(s.stack, o)
}

// endFormatted ends an f-string at its quotes or, if it is not closed, at the end
// of its line. In a format both are too early.
func (s *scanner) endFormatted(at int, o open) {
	s.formatPart(at)
	closed := strings.HasPrefix(s.src[at:], o.quote)
	for s.mode() == inFormat || s.mode() == inField {
		closed = false
		s.stack = s.stack[:len(s.stack)-1]
	}
	start := s.tokens[s.stack[len(s.stack)-1].token].start
	s.stack = s.stack[:len(s.stack)-1]
	if !closed {
		s.fail(unclosedText, start, at)
	}
	if strings.HasPrefix(s.src[at:], o.quote) {
		at += len(o.quote)
	}
	s.add(tokFEnd, at)
}
