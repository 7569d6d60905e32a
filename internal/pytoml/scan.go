package pytoml

import "slices"

// scan is the first pass: it joins arrays and texts that go over lines, blanks
// comments, and finds what is no key. It changes characters and never their number.
type scanner struct {
	text []rune

	brackets      int
	inString      bool
	quote         rune // that the text began with; 0 outside
	multiline     bool // in a text of three quotes
	inArrayHeader bool // in a header of two brackets
	inHeader      bool // in a header
	atLineStart   bool

	key       keyState
	dottedKey bool
}

// keyState is where in a key the scan is.
type keyState uint8

const (
	noKey keyState = iota
	inKey
	afterKey // in or after a part of it that has ended
)

func newScanner(text []rune) *scanner { return &scanner{text: text, atLineStart: true} }

// back is text[i]; a negative index counts from the end, as in Python, and one
// beyond it is what an IndexError is there.
func (s *scanner) at(i int) (c rune, ok bool) {
	if i < 0 {
		i += len(s.text)
	}
	if i < 0 || i >= len(s.text) {
		return 0, false
	}
	return s.text[i], true
}

// must is text[i], where no IndexError is caught.
func (s *scanner) mustAt(i int) rune {
	c, ok := s.at(i)
	if !ok {
		raise(indexError)
	}
	return c
}

func (s *scanner) run(r *reader) {
	for i := 0; i < len(s.text); i++ {
		r.pos = i
		r.cost(1)
		c := s.text[i]
		if c == '\r' && s.mustAt(i+1) == '\n' {
			s.text[i] = ' '
			continue
		}
		if s.key != noKey && s.scanKey(i, c) {
			continue
		}
		s.scanQuote(r, i, c)
		if c == '#' && s.outside() && !s.blankComment(i) {
			break
		}
		s.scanBracket(i, c)
		s.scanNewline(i, c)
	}
	r.pos = len(s.text)
	switch {
	case s.key != noKey:
		refuse("Key name found without value. Reached end of file.")
	case s.inString:
		refuse("Unterminated string found. Reached end of file.")
	}
}

// plain is outside of texts and headers.
func (s *scanner) outside() bool { return !s.inString && !s.inHeader && !s.inArrayHeader }

// inKeyAt reads a character of a key, and reports whether there is no more to it.
func (s *scanner) scanKey(i int, c rune) (done bool) {
	if c == '\n' {
		refuse("Key name found without value. Reached end of line.")
	}
	if s.inString {
		if c == s.quote && !s.escaped(i) {
			s.key, s.inString, s.quote = afterKey, false, 0
		}
		return true
	}
	switch {
	case s.key == inKey && isSpace(c):
		s.key = afterKey
		return true
	case s.key == inKey && c == '.':
		s.dottedKey = true
		return true
	case s.key == inKey && (isAlnum(c) || c == '_' || c == '-'):
		return true
	case s.key == inKey && s.dottedKey && s.mustAt(i-1) == '.' && (c == '"' || c == '\''):
		s.inString, s.quote = true, c
		return true
	case s.key == afterKey && isSpace(c):
		if s.dottedKey {
			s.nextPart(i)
		}
		return true
	case s.key == afterKey && c == '.':
		s.dottedKey = true
		s.nextPart(i)
		return true
	case c != '=':
		refuse("Found invalid character in key name. Try quoting the key name.")
	}
	s.key, s.dottedKey = noKey, false
	return false
}

func (s *scanner) nextPart(i int) {
	if next := s.mustAt(i + 1); !isSpace(next) && next != '.' {
		s.key = inKey
	}
}

// escaped reports an odd number of backslashes before i, and of none before the
// beginning.
func (s *scanner) escaped(i int) bool {
	odd := false
	for k := 1; i >= k && s.text[i-k] == '\\'; k++ {
		odd = !odd
	}
	return odd
}

// quotes keeps track of texts. Quotes are counted backwards, over whatever came
// before.
func (s *scanner) scanQuote(r *reader, i int, c rune) {
	switch {
	case c == '\'' && s.quote != '"':
		if three, _ := s.countQuotes(i, '\''); three {
			s.multiline = !s.multiline
			s.inString = s.multiline
		} else {
			s.inString = !s.inString
		}
	case c == '"' && s.quote != '\'':
		three, k := s.countQuotes(i, '"')
		if odd := s.isEscapedQuote(r, i, k, three); odd {
			break
		}
		if three {
			s.multiline = !s.multiline
			s.inString = s.multiline
		} else {
			s.inString = !s.inString
		}
	default:
		return
	}
	s.quote = 0
	if s.inString {
		s.quote = c
	}
}

// run3 reports whether the quote at i is the third of a kind, and how many there
// are up to it.
func (s *scanner) countQuotes(i int, quote rune) (three bool, k int) {
	for k = 1; ; {
		c, ok := s.at(i - k)
		if !ok || c != quote {
			return false, k
		}
		if k++; k == 3 {
			return true, k
		}
	}
}

func (s *scanner) isEscapedQuote(r *reader, i, k int, three bool) bool {
	if _, ok := s.at(i - k); !ok || k == 2 || k == 3 && !three {
		return false
	}
	odd := false
	for {
		c, ok := s.at(i - k)
		if !ok || c != '\\' {
			return odd
		}
		r.cost(1)
		odd = !odd
		k++
	}
}

// comment blanks a comment, and reports whether a line follows it.
func (s *scanner) blankComment(i int) bool {
	end := slices.Index(s.text[i:], '\n')
	if end < 0 {
		end = len(s.text) - i
	}
	for j := i; j < i+end; j++ {
		s.text[j] = ' '
	}
	return i+end < len(s.text)
}

func (s *scanner) scanBracket(i int, c rune) {
	switch {
	case c == '[' && s.outside() && s.atLineStart:
		if i+1 < len(s.text) && s.text[i+1] == '[' {
			s.inArrayHeader = true
		} else {
			s.inHeader = true
		}
	case c == '[' && s.outside():
		s.brackets++
	case c == ']' && !s.inString && s.inHeader:
		s.inHeader = false
	case c == ']' && !s.inString && s.inArrayHeader:
		if s.mustAt(i-1) == ']' {
			s.inArrayHeader = false
		}
	case c == ']' && !s.inString:
		s.brackets--
	}
}

func (s *scanner) scanNewline(i int, c rune) {
	now := s.text[i]
	switch {
	case c != '\n':
		if s.atLineStart && now != ' ' && now != '\t' {
			s.beginLine(now)
		}
	case s.inString || s.multiline:
		if !s.multiline {
			refuse("Unbalanced quotes")
		}
		s.joinQuotes(i)
	case s.brackets != 0:
		s.text[i] = ' '
	default:
		s.atLineStart = true
	}
}

func (s *scanner) beginLine(c rune) {
	s.atLineStart = false
	if s.inHeader || s.inArrayHeader {
		return
	}
	if c == '=' {
		refuse("Found empty keyname. ")
	}
	s.key = inKey
}

// joinQuotes is what becomes of a line's end after two quotes: a third one.
func (s *scanner) joinQuotes(i int) {
	quote := s.mustAt(i - 1)
	if quote != '\'' && quote != '"' || s.mustAt(i-2) != quote {
		return
	}
	s.text[i] = quote
	if s.mustAt(i-3) == quote {
		j := i - 3
		if j < 0 {
			j += len(s.text)
		}
		s.text[j] = ' '
	}
}
