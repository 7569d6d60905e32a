package pytoml

import (
	"slices"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// scanner is the first pass (loads, lines 191–363): it joins arrays and multi-line
// strings, blanks comments, and refuses what is not a key. It replaces characters, but
// never changes their number.
type scanner struct {
	text    []rune
	offset  int // in bytes, of the character being scanned
	blanked int // how many bytes less comments have, now that they are spaces

	brackets      int  // open ones of arrays
	inString      bool // openstring in Python
	quote         rune // that opened the string; 0 outside
	multiline     bool // in a multi-line string
	inHeader      bool // in [a] (keygroup)
	inArrayHeader bool // in [[a]] (arrayoftables)
	atLineStart   bool // beginline

	key       keyState // keyname
	dottedKey bool
}

// keyState is where in a key the scanner is.
type keyState uint8

const (
	noKey keyState = iota
	inKey
	afterKey // behind a part of a key: the next is a dot or the equals sign
)

// at is text[i] in Python: a negative index counts from the end. Ok is false where
// Python raises IndexError.
func (s *scanner) at(i int) (c rune, ok bool) {
	if i < 0 {
		i += len(s.text)
	}
	if i < 0 || i >= len(s.text) {
		return 0, false
	}
	return s.text[i], true
}

// mustAt is at where Python does not catch IndexError.
func (s *scanner) mustAt(i int) rune {
	c, ok := s.at(i)
	if !ok {
		raise(indexError)
	}
	return c
}

func (s *scanner) run(r *reader) {
	for i, size := 0, 0; i < len(s.text); i++ {
		s.offset += size
		c := s.text[i]
		size = utf8.RuneLen(c)
		r.pos = s.offset
		r.cost(1)
		if c == '\r' && s.mustAt(i+1) == '\n' {
			s.text[i] = ' '
			continue
		}
		if s.key != noKey && s.scanKey(i, c) {
			continue
		}
		s.scanQuote(r, i, c)
		if c == '#' && s.outside() && !s.blankComment(r, i) {
			break
		}
		s.scanBracket(i, c)
		s.scanNewline(i, c)
	}
	switch {
	case s.key != noKey:
		refuse("Key name found without value. Reached end of file.")
	case s.inString:
		refuse("Unterminated string found. Reached end of file.")
	}
}

// outside reports whether the scanner is outside of strings and headers.
func (s *scanner) outside() bool { return !s.inString && !s.inHeader && !s.inArrayHeader }

// scanKey scans a character of a key (lines 210–262). It returns false for the equals
// sign after the key.
func (s *scanner) scanKey(i int, c rune) bool {
	if c == '\n' {
		refuse("Key name found without value. Reached end of line.")
	}
	switch {
	case s.inString:
		if c == s.quote && !isEscaped(s.text, i) {
			s.key, s.inString, s.quote = afterKey, false, 0
		}
		return true
	case s.key == inKey && s.scanInKey(i, c):
		return true
	case s.key == afterKey && s.scanAfterKey(i, c):
		return true
	case c != '=':
		refuse("Found invalid character in key name. Try quoting the key name.")
	}
	s.key, s.dottedKey = noKey, false
	return false
}

// scanInKey scans a character in a part of a key, and reports whether it is valid
// there (lines 227–240).
func (s *scanner) scanInKey(i int, c rune) bool {
	switch {
	case isSpace(c):
		s.key = afterKey
	case c == '.':
		s.dottedKey = true
	case isAlnum(c) || c == '_' || c == '-':
	case s.dottedKey && s.mustAt(i-1) == '.' && isQuote(c):
		s.inString, s.quote = true, c
	default:
		return false
	}
	return true
}

// scanAfterKey scans a character behind a part of a key, and reports whether it is
// valid there (lines 241–253). Behind a dot the next part begins.
func (s *scanner) scanAfterKey(i int, c rune) bool {
	if c != '.' && !isSpace(c) {
		return false
	}
	if c == '.' {
		s.dottedKey = true
	}
	if s.dottedKey {
		if next := s.mustAt(i + 1); !isSpace(next) && next != '.' {
			s.key = inKey
		}
	}
	return true
}

// isEscaped reports whether an odd number of backslashes precedes text[i].
func isEscaped(text []rune, i int) bool {
	odd := false
	for i--; i >= 0 && text[i] == '\\'; i-- {
		odd = !odd
	}
	return odd
}

// scanQuote opens and closes strings (lines 263–306). Quotes are counted backwards,
// whatever came before them.
func (s *scanner) scanQuote(r *reader, i int, c rune) {
	other := '"'
	if c == '"' {
		other = '\''
	}
	if !isQuote(c) || s.quote == other {
		return
	}
	switch count := s.countQuotes(i, c); {
	case c == '"' && s.isEscapedQuote(r, i, count):
	case count == 3:
		s.multiline = !s.multiline
		s.inString = s.multiline
	default:
		s.inString = !s.inString
	}
	s.quote = 0
	if s.inString {
		s.quote = c
	}
}

// countQuotes returns how many equal quotes in a row end at text[i], at most three.
func (s *scanner) countQuotes(i int, quote rune) int {
	count := 1
	for count < 3 {
		if c, ok := s.at(i - count); !ok || c != quote {
			break
		}
		count++
	}
	return count
}

// isEscapedQuote reports whether an odd number of backslashes precedes the quotes that
// end at text[i]. Python does not look before two quotes.
func (s *scanner) isEscapedQuote(r *reader, i, count int) bool {
	if count == 2 {
		return false
	}
	odd := false
	for k := count; ; k++ {
		c, ok := s.at(i - k)
		if !ok || c != '\\' {
			return odd
		}
		r.cost(1)
		odd = !odd
	}
}

// blankComment replaces a comment with spaces, and reports whether a line follows it.
func (s *scanner) blankComment(r *reader, i int) bool {
	comment := s.text[i:]
	if end := slices.Index(comment, '\n'); end >= 0 {
		comment = comment[:end]
	}
	size := 0
	for j, c := range comment {
		size += utf8.RuneLen(c)
		comment[j] = ' '
	}
	end := s.offset + size
	if r.doc != nil {
		r.doc.Comment(tomlpos.Comment{Start: r.newlines.of(s.offset), End: r.newlines.of(end)})
	}
	if lost := size - len(comment); lost > 0 {
		s.offset += lost
		s.blanked += lost
		r.blanked.add(end-s.blanked, end)
	}
	return i+len(comment) < len(s.text)
}

// scanBracket opens and closes headers and arrays (lines 320–336).
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

// scanNewline joins lines, or ends one and begins the next (lines 337–357).
func (s *scanner) scanNewline(i int, c rune) {
	replaced := s.text[i]
	switch {
	case c != '\n':
		if s.atLineStart && replaced != ' ' && replaced != '\t' {
			s.beginLine(replaced)
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

// joinQuotes replaces a line break behind two quotes in a multi-line string with a
// third quote, and blanks a quote before them (lines 341–345).
func (s *scanner) joinQuotes(i int) {
	quote := s.mustAt(i - 1)
	if !isQuote(quote) || s.mustAt(i-2) != quote {
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
