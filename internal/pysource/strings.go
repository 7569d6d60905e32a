package pysource

import "strings"

// stringLiteral reads a string whose quotes begin at an offset, after its prefix. An
// unclosed one with single quotes ends with its line.
func (s *scanner) stringLiteral(quotes int) {
	prefix := strings.ToLower(s.src[s.at:quotes])
	quote := s.src[quotes : quotes+1]
	if strings.HasPrefix(s.src[quotes:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	if strings.Contains(prefix, "f") {
		raw := strings.Contains(prefix, "r")
		s.push(opening{mode: inFString, quote: quote, raw: raw}, tokFStart, quotes+len(quote))
		return
	}
	end, closed := stringEnd(s.src, quotes+len(quote), quote)
	if !closed {
		s.fail(unclosedString, s.at, end)
	}
	s.add(tokString, end)
}

// stringEnd returns the end of a string, closing quotes included, or the last offset
// at which it could have been closed.
func stringEnd(src string, at int, quote string) (end int, closed bool) {
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

// fStringPart reads a literal part of an f-string, or of the format specification of
// one of its fields, up to a field or the end.
func (s *scanner) fStringPart() {
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
		case c == '}' && o.mode == inFString:
			s.fail("a } that stands for itself is written twice in an f-string", at, at+1)
		case c == '{' || c == '}':
			s.fieldBrace(at, c)
			return
		case c == '\n' && len(o.quote) == 1, strings.HasPrefix(rest, o.quote):
			s.endFString(at, o)
			return
		}
		at++
	}
	s.addPart(len(s.src))
}

// maxCharacterName is longer than any name of a character in Unicode, with \N{ and }.
const maxCharacterName = 128

// escapeLength returns the length of an escape sequence. A brace is never part of
// one, since it opens a field, except in \N{NAME}.
func escapeLength(rest string, raw bool) int {
	switch {
	case len(rest) == 1 || rest[1] == '{' || rest[1] == '}':
		return 1
	case !raw && strings.HasPrefix(rest, `\N{`):
		if i := strings.IndexByte(rest[:min(len(rest), maxCharacterName)], '}'); i >= 0 {
			return i + 1
		}
	}
	return 2
}

// addPart adds the literal part that ends at an offset, unless it is empty.
func (s *scanner) addPart(end int) {
	if end = min(end, len(s.src)); end > s.at {
		s.add(tokFPart, end)
	}
}

// fieldBrace opens the field that begins at an offset, or closes the field whose
// format specification ends there.
func (s *scanner) fieldBrace(at int, brace byte) {
	s.addPart(at)
	if brace == '{' {
		o := s.stack[len(s.stack)-1]
		s.push(opening{mode: inField, quote: o.quote, raw: o.raw}, tokOp, s.at+1)
		return
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.pop('}')
}

// beginFormatSpec begins the format specification of the current field.
func (s *scanner) beginFormatSpec() {
	o := s.stack[len(s.stack)-1]
	o.mode = inFormatSpec
	s.stack = append(s.stack, o)
}

// endFString ends an f-string at its quotes or, if it is unclosed, at the end of its
// line. In a field's format specification, both mean that it is unclosed.
func (s *scanner) endFString(at int, o opening) {
	s.addPart(at)
	closed := strings.HasPrefix(s.src[at:], o.quote)
	for s.mode() == inFormatSpec || s.mode() == inField {
		closed = false
		s.stack = s.stack[:len(s.stack)-1]
	}
	start := s.tokens[s.stack[len(s.stack)-1].token].start
	s.stack = s.stack[:len(s.stack)-1]
	if !closed {
		s.fail(unclosedString, start, at)
	}
	if strings.HasPrefix(s.src[at:], o.quote) {
		at += len(o.quote)
	}
	s.add(tokFEnd, at)
}
