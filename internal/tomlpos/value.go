package tomlpos

import "strings"

// container is an array or inline table that is not closed yet.
type container struct {
	value    int // index in Values
	kind     Kind
	scope    int32 // of an inline table's keys
	elements int32 // of an array, so far
	comma    bool  // a comma was read last
	started  bool  // an element or a key was read
}

// value reads a value. Of a container it reads only the opening bracket.
func (s *scanner) value(n NodeID) bool {
	s.skipSpaces()
	start := s.pos
	kind, ok := Kind(0), true
	switch s.peek() {
	case 0, '\n', '\r', '#', ',', ']', '}':
		return s.unexpected(NoValue)
	case '[':
		return s.openContainer(n, Array, formArray)
	case '{':
		return s.openContainer(n, InlineTable, formInline)
	case '"', '\'':
		kind, ok = s.quotedString()
	default:
		kind, ok = s.word()
	}
	if ok {
		s.Values = append(s.Values, Value{n, kind, start, s.pos})
	}
	return ok
}

func (s *scanner) openContainer(n NodeID, kind Kind, f form) bool {
	if len(s.unclosed)+1 > MaxDepth {
		return s.fail(TooDeep, s.pos, s.pos+1)
	}
	s.scopes++
	s.unclosed = append(s.unclosed, container{value: len(s.Values), kind: kind, scope: s.scopes})
	s.Values = append(s.Values, Value{n, kind, s.pos, s.pos + 1})
	s.Nodes[n].form = f
	s.pos++
	return true
}

// contents reads until every container is closed.
func (s *scanner) contents() bool {
	for len(s.unclosed) > 0 {
		c := &s.unclosed[len(s.unclosed)-1]
		next := s.inTable
		if c.kind == Array {
			next = s.inArray
		}
		if !next(c) {
			return false
		}
	}
	return true
}

// inArray reads the next part of an array: a comma, its end, or an element.
func (s *scanner) inArray(c *container) bool {
	if !s.skipWhitespace() {
		return false
	}
	switch s.peek() {
	case 0:
		start := s.Values[c.value].Start
		return s.fail(UnclosedArray, start, start+1)
	case ']':
		return s.closeContainer(c)
	case ',':
		return s.comma(c)
	}
	if c.started && !c.comma {
		return s.failComma(c)
	}
	c.started, c.comma = true, false
	element := s.addElement(s.Values[c.value].Node, c.elements)
	c.elements++
	return s.value(element)
}

// inTable reads the next part of an inline table: a comma, its end, or a key and its
// value.
func (s *scanner) inTable(c *container) bool {
	s.skipSpaces()
	start := s.Values[c.value].Start
	switch s.peek() {
	case 0:
		return s.fail(UnclosedTable, start, start+1)
	case '\n', '\r', '#':
		return s.tableNewline(start)
	case '}':
		if c.comma {
			return s.fail(InlineTrailingComma, strings.LastIndexByte(s.Text[:s.pos], ','), s.pos+1)
		}
		return s.closeContainer(c)
	case ',':
		return s.comma(c)
	}
	if c.started && !c.comma {
		return s.failComma(c)
	}
	c.started, c.comma = true, false
	if !s.keyEquals() {
		return false
	}
	n, ok := s.defineKey(s.Values[c.value].Node, c.scope)
	return ok && s.value(n)
}

// tableNewline fails at a newline in an inline table: with InlineNewline if the table is
// closed on a later line, and with UnclosedTable if it never is.
func (s *scanner) tableNewline(start int) bool {
	if s.peek() == '\r' && !s.has("\r\n") {
		return s.unexpected(LoneReturn)
	}
	if strings.IndexByte(s.Text[s.pos:s.end], '}') < 0 {
		return s.fail(UnclosedTable, start, start+1)
	}
	return s.fail(InlineNewline, s.pos, s.pos)
}

// comma reads a comma, and fails if none may be here.
func (s *scanner) comma(c *container) bool {
	if !c.started || c.comma {
		return s.unexpected(ExtraComma)
	}
	c.comma = true
	s.pos++
	return true
}

func (s *scanner) closeContainer(c *container) bool {
	s.pos++
	s.Values[c.value].End = s.pos
	s.unclosed = s.unclosed[:len(s.unclosed)-1]
	return true
}

// failComma fails because a comma is missing.
func (s *scanner) failComma(c *container) bool {
	if s.unexpected(NoComma); s.err.Problem == NoComma {
		s.err.Origin = s.Values[c.value].Start
	}
	return false
}

// skipWhitespace skips spaces, newlines and comments.
func (s *scanner) skipWhitespace() bool {
	for {
		s.skipSpaces()
		if s.peek() == '#' {
			if !s.comment() {
				return false
			}
			continue
		}
		if !s.newline() {
			break
		}
	}
	if s.peek() == '\r' {
		return s.unexpected(LoneReturn)
	}
	return true
}
