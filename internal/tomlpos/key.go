package tomlpos

// part is one part of a key, decoded.
type part struct {
	start, end int
	name       string
}

// key reads a key, dotted or not, into s.parts, and the spaces around it.
func (s *scanner) key() bool {
	s.parts = s.parts[:0]
	for {
		s.skipSpaces()
		if !s.keyPart() {
			return false
		}
		s.skipSpaces()
		if s.peek() != '.' {
			return true
		}
		s.pos++
	}
}

func (s *scanner) keyPart() bool {
	start := s.pos
	switch s.peek() {
	case '"', '\'':
		return s.quotedPart()
	}
	s.pos += bareLength(s.Text[s.pos:s.end])
	if s.pos == start {
		return s.failPart()
	}
	s.parts = append(s.parts, part{start, s.pos, s.Text[start:s.pos]})
	return true
}

func (s *scanner) quotedPart() bool {
	start := s.pos
	if s.has(`"""`) || s.has(`'''`) {
		return s.fail(MultilineKey, s.pos, s.pos+3)
	}
	kind, ok := s.quotedString()
	if !ok {
		return false
	}
	s.parts = append(s.parts, part{start, s.pos, decode(kind, s.Text[start:s.pos])})
	return true
}

// failPart fails because no part of a key begins here.
func (s *scanner) failPart() bool {
	switch s.peek() {
	case '=', ']', 0, '\n', '\r', '.':
		if len(s.parts) > 0 || s.peek() == '.' {
			return s.unexpected(EmptyKeyPart)
		}
		return s.unexpected(NoKey)
	}
	return s.unexpected(BareKey)
}

// bareLength returns the length of the text's prefix that is a bare key.
func bareLength(text string) int {
	for i := 0; i < len(text); i++ {
		if !bareBytes[text[i]] {
			return i
		}
	}
	return len(text)
}

var bareBytes = func() (set [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") {
		set[c] = true
	}
	return set
}()

// keyValue reads key = value.
func (s *scanner) keyValue() bool {
	if !s.keyEquals() {
		return false
	}
	s.named = true
	node, ok := s.defineKey(s.table, s.scope)
	return ok && s.value(node) && s.contents()
}

// keyEquals reads a key and its equals sign.
func (s *scanner) keyEquals() bool {
	if !s.key() {
		return false
	}
	if s.peek() == '=' {
		s.pos++
		return true
	}
	switch s.peek() {
	case 0, '\n', '\r', '"', '\'', '#', ',', '}':
		return s.unexpected(NoEquals)
	}
	if last := s.parts[len(s.parts)-1]; last.end < s.pos && bareLength(s.Text[s.pos:s.end]) > 0 {
		return s.unexpected(NoEquals)
	}
	return s.unexpected(BareKey)
}

// header reads [table] or [[array of tables]].
func (s *scanner) header() bool {
	closing := "]"
	if s.has("[[") {
		closing = "]]"
	}
	s.pos += len(closing)
	if !s.key() {
		return false
	}
	if !s.has(closing) {
		return s.unexpected(UnclosedHeader)
	}
	s.pos += len(closing)
	s.named = true
	return s.defineHeader(closing == "]]")
}
