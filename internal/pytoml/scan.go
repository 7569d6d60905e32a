package pytoml

import "slices"

// scan is the first pass: it joins arrays and texts that go over lines, blanks
// comments, and finds what is no key. It changes characters and never their number.
type scan struct {
	text []rune

	brackets    int
	inText      bool
	quote       rune // that the text began with; 0 outside
	long        bool // in a text of three quotes
	arrayTables bool // in a header of two brackets
	group       bool // in a header
	lineBegins  bool

	key    keyState
	dotted bool
}

// keyState is where in a key the scan is.
type keyState uint8

const (
	noKey keyState = iota
	inKey
	afterKey // in or after a part of it that has ended
)

func newScan(text []rune) *scan { return &scan{text: text, lineBegins: true} }

// back is text[i]; a negative index counts from the end, as in Python, and one
// beyond it is what an IndexError is there.
func (s *scan) back(i int) (c rune, ok bool) {
	if i < 0 {
		i += len(s.text)
	}
	if i < 0 || i >= len(s.text) {
		return 0, false
	}
	return s.text[i], true
}

// must is text[i], where no IndexError is caught.
func (s *scan) must(i int) rune {
	c, ok := s.back(i)
	if !ok {
		raise(indexError)
	}
	return c
}

func (s *scan) run(r *reader) {
	for i := 0; i < len(s.text); i++ {
		r.at = i
		r.cost(1)
		c := s.text[i]
		if c == '\r' && s.must(i+1) == '\n' {
			s.text[i] = ' '
			continue
		}
		if s.key != noKey && s.inKeyAt(i, c) {
			continue
		}
		s.quotes(r, i, c)
		if c == '#' && s.plain() && !s.comment(i) {
			break
		}
		s.bracket(i, c)
		s.newline(i, c)
	}
	r.at = len(s.text)
	switch {
	case s.key != noKey:
		refuse("Key name found without value. Reached end of file.")
	case s.inText:
		refuse("Unterminated string found. Reached end of file.")
	}
}

// plain is outside of texts and headers.
func (s *scan) plain() bool { return !s.inText && !s.group && !s.arrayTables }

// inKeyAt reads a character of a key, and reports whether there is no more to it.
func (s *scan) inKeyAt(i int, c rune) (done bool) {
	if c == '\n' {
		refuse("Key name found without value. Reached end of line.")
	}
	if s.inText {
		if c == s.quote && !s.escaped(i) {
			s.key, s.inText, s.quote = afterKey, false, 0
		}
		return true
	}
	switch {
	case s.key == inKey && isSpace(c):
		s.key = afterKey
		return true
	case s.key == inKey && c == '.':
		s.dotted = true
		return true
	case s.key == inKey && (isAlnum(c) || c == '_' || c == '-'):
		return true
	case s.key == inKey && s.dotted && s.must(i-1) == '.' && (c == '"' || c == '\''):
		s.inText, s.quote = true, c
		return true
	case s.key == afterKey && isSpace(c):
		if s.dotted {
			s.nextPart(i)
		}
		return true
	case s.key == afterKey && c == '.':
		s.dotted = true
		s.nextPart(i)
		return true
	case c != '=':
		refuse("Found invalid character in key name. Try quoting the key name.")
	}
	s.key, s.dotted = noKey, false
	return false
}

func (s *scan) nextPart(i int) {
	if next := s.must(i + 1); !isSpace(next) && next != '.' {
		s.key = inKey
	}
}

// escaped reports an odd number of backslashes before i, and of none before the
// beginning.
func (s *scan) escaped(i int) bool {
	odd := false
	for k := 1; i >= k && s.text[i-k] == '\\'; k++ {
		odd = !odd
	}
	return odd
}

// quotes keeps track of texts. Quotes are counted backwards, over whatever came
// before.
func (s *scan) quotes(r *reader, i int, c rune) {
	switch {
	case c == '\'' && s.quote != '"':
		if three, _ := s.run3(i, '\''); three {
			s.long = !s.long
			s.inText = s.long
		} else {
			s.inText = !s.inText
		}
	case c == '"' && s.quote != '\'':
		three, k := s.run3(i, '"')
		if odd := s.oddBackslashes(r, i, k, three); odd {
			break
		}
		if three {
			s.long = !s.long
			s.inText = s.long
		} else {
			s.inText = !s.inText
		}
	default:
		return
	}
	s.quote = 0
	if s.inText {
		s.quote = c
	}
}

// run3 reports whether the quote at i is the third of a kind, and how many there
// are up to it.
func (s *scan) run3(i int, quote rune) (three bool, k int) {
	for k = 1; ; {
		c, ok := s.back(i - k)
		if !ok || c != quote {
			return false, k
		}
		if k++; k == 3 {
			return true, k
		}
	}
}

func (s *scan) oddBackslashes(r *reader, i, k int, three bool) bool {
	if _, ok := s.back(i - k); !ok || k == 2 || k == 3 && !three {
		return false
	}
	odd := false
	for {
		c, ok := s.back(i - k)
		if !ok || c != '\\' {
			return odd
		}
		r.cost(1)
		odd = !odd
		k++
	}
}

// comment blanks a comment, and reports whether a line follows it.
func (s *scan) comment(i int) bool {
	end := slices.Index(s.text[i:], '\n')
	if end < 0 {
		end = len(s.text) - i
	}
	for j := i; j < i+end; j++ {
		s.text[j] = ' '
	}
	return i+end < len(s.text)
}

func (s *scan) bracket(i int, c rune) {
	switch {
	case c == '[' && s.plain() && s.lineBegins:
		if i+1 < len(s.text) && s.text[i+1] == '[' {
			s.arrayTables = true
		} else {
			s.group = true
		}
	case c == '[' && s.plain():
		s.brackets++
	case c == ']' && !s.inText && s.group:
		s.group = false
	case c == ']' && !s.inText && s.arrayTables:
		if s.must(i-1) == ']' {
			s.arrayTables = false
		}
	case c == ']' && !s.inText:
		s.brackets--
	}
}

func (s *scan) newline(i int, c rune) {
	now := s.text[i]
	switch {
	case c != '\n':
		if s.lineBegins && now != ' ' && now != '\t' {
			s.beginLine(now)
		}
	case s.inText || s.long:
		if !s.long {
			refuse("Unbalanced quotes")
		}
		s.joinQuotes(i)
	case s.brackets != 0:
		s.text[i] = ' '
	default:
		s.lineBegins = true
	}
}

func (s *scan) beginLine(c rune) {
	s.lineBegins = false
	if s.group || s.arrayTables {
		return
	}
	if c == '=' {
		refuse("Found empty keyname. ")
	}
	s.key = inKey
}

// joinQuotes is what becomes of a line's end after two quotes: a third one.
func (s *scan) joinQuotes(i int) {
	quote := s.must(i - 1)
	if quote != '\'' && quote != '"' || s.must(i-2) != quote {
		return
	}
	s.text[i] = quote
	if s.must(i-3) == quote {
		j := i - 3
		if j < 0 {
			j += len(s.text)
		}
		s.text[j] = ' '
	}
}
