// Package yamlscalar finds the strings of a YAML file, and where each is. JSON is YAML,
// too.
//
// It knows quotes, comments, block scalars, flow collections and plain scalars of several
// lines. It takes time in proportion to the length of the text, and never fails: it also
// finds strings in a file that is not YAML.
package yamlscalar

import "strings"

// Span is a part of the text, in byte offsets, End exclusive.
type Span struct{ Start, End int }

// Scalar is a string with its quotes, a number, a boolean, or the lines of a block scalar.
type Scalar struct {
	Span
	Key bool // of a mapping
	// Braces means that this is {{ … }} outside a string: a mapping whose key is another
	// mapping, which few programs accept.
	Braces bool
}

// File is what is in a YAML file.
type File struct {
	Scalars  []Scalar // in the order of the text
	Comments []Span   // from # to the end of the line
}

// Scan reads a file.
func Scan(text string) *File {
	s := &scanner{src: text, indent: -1}
	s.at = len(text) - len(strings.TrimPrefix(text, "\ufeff"))
	for s.at < len(s.src) {
		s.beginLine()
		s.tokens()
	}
	return &s.File
}

// scanner reads a text from front to back.
type scanner struct {
	File
	src      string
	at       int
	line     int  // offset of the line
	indent   int  // column of the mapping or sequence that the line is in, -1 outside of any
	depth    int  // number of flow collections around
	open     bool // the last scalar is a plain one, which the next line may continue
	keyed    bool // the line has a key or another scalar already
	unclosed int  // offset up to which no }} follows on the line
}

// beginLine reads what only the beginning of a line can have.
func (s *scanner) beginLine() {
	s.line, s.keyed = s.at, false
	if s.depth > 0 {
		return
	}
	rest := s.src[s.at:]
	if strings.HasPrefix(rest, "%") {
		s.at = s.lineEnd(s.at)
		return
	}
	if (strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "...")) && s.isSpace(s.at+3) {
		s.at += 3
		s.indent, s.open = -1, false
		return
	}
	s.skipSpaces()
	switch {
	case !s.open:
	case s.at < len(s.src) && s.src[s.at] != '\n' && s.src[s.at] != '#' && s.at-s.line > s.indent:
		last := len(s.Scalars) - 1
		s.Scalars[last].End = s.plainEnd(s.at, false)
		s.at = s.Scalars[last].End
		s.keyed = true
	case s.at < len(s.src) && s.src[s.at] != '\n':
		s.open = false
	}
}

// tokens reads the rest of a line, and the lines of a string that begins there.
func (s *scanner) tokens() {
	for {
		s.skipSpaces()
		if s.at >= len(s.src) {
			return
		}
		switch c := s.src[s.at]; {
		case c == '\n':
			s.at++
			return
		case c == '#' && (s.at == s.line || s.isSpace(s.at-1)):
			end := s.lineEnd(s.at)
			s.Comments = append(s.Comments, Span{s.at, end})
			s.at, s.open = end, false
		case s.indicator(c):
		case c == '"' || c == '\'':
			s.add(s.quotedEnd(c))
		case (c == '|' || c == '>') && s.depth == 0 && s.block():
			return
		default:
			s.plain()
		}
	}
}

// indicator reads a structural character of YAML, and reports whether c is one here.
func (s *scanner) indicator(c byte) bool {
	switch {
	case (c == '-' || c == '?') && s.depth == 0 && s.isSpace(s.at+1) && !s.keyed:
		s.indent = s.at - s.line
	case c == ':' && (s.isSpace(s.at+1) || s.depth > 0):
		s.markKey()
	case strings.HasPrefix(s.src[s.at:], "{{") && s.braces():
		return true
	case c == '{' || c == '[':
		s.depth++
	case (c == '}' || c == ']' || c == ',') && s.depth > 0:
		if c != ',' {
			s.depth--
		}
	case c == '&' || c == '*' || c == '!':
		s.property()
		return true
	default:
		return false
	}
	s.at++
	s.open = false
	return true
}

// property skips an anchor, an alias or a tag.
func (s *scanner) property() {
	for s.at < len(s.src) && !s.isSpace(s.at) && !s.endsInFlow(s.at) {
		s.at++
	}
}

// markKey makes the last scalar a key, if only spaces are behind it.
func (s *scanner) markKey() {
	last := len(s.Scalars) - 1
	if last < 0 || strings.Trim(s.src[s.Scalars[last].End:s.at], " \t") != "" {
		s.indent = s.at - s.line // the value of an explicit key
		return
	}
	key := &s.Scalars[last]
	if key.Key = true; s.depth == 0 && key.Start >= s.line {
		s.indent = key.Start - s.line
	}
}

// braces reads from {{ to }}, and reports whether the line has both.
func (s *scanner) braces() bool {
	if s.at < s.unclosed {
		return false
	}
	end := s.lineEnd(s.at)
	i := strings.Index(s.src[s.at:end], "}}")
	if i < 0 {
		s.unclosed = end
		return false
	}
	s.Scalars = append(s.Scalars, Scalar{Span: Span{s.at, s.at + i + 2}, Braces: true})
	s.at += i + 2
	s.keyed = true
	return true
}

// add adds the scalar up to an offset.
func (s *scanner) add(end int) {
	s.Scalars = append(s.Scalars, Scalar{Span: Span{s.at, end}})
	if i := strings.LastIndexByte(s.src[s.at:end], '\n'); i >= 0 {
		s.line = s.at + i + 1
	}
	s.at, s.keyed, s.open = end, true, false
}

// quotedEnd returns the end of the quoted string that begins here.
func (s *scanner) quotedEnd(quote byte) int {
	for at := s.at + 1; at < len(s.src); at++ {
		switch {
		case s.src[at] == '\\' && quote == '"':
			at++
		case s.src[at] != quote:
		case quote == '\'' && at+1 < len(s.src) && s.src[at+1] == quote:
			at++
		default:
			return at + 1
		}
	}
	return len(s.src)
}

// plain reads a plain scalar, or the line of one.
func (s *scanner) plain() {
	mayBeKey := s.depth > 0 || !s.keyed
	end := s.plainEnd(s.at, mayBeKey)
	if end == s.at {
		end++ // a character that begins nothing
	}
	s.add(end)
	s.open = s.depth == 0
}

// plainEnd returns where the line of a plain scalar ends: at a comment, at a colon if this
// may be a key, in a flow collection at a comma or a bracket, or at the end of the line.
func (s *scanner) plainEnd(at int, mayBeKey bool) int {
	end := at
	for ; at < len(s.src) && s.src[at] != '\n'; at++ {
		c := s.src[at]
		isColon := mayBeKey && c == ':' && (s.isSpace(at+1) || s.endsInFlow(at+1))
		if isColon || s.endsInFlow(at) || c == '#' && s.isSpace(at-1) {
			break
		}
		if !s.isSpace(at) {
			end = at + 1
		}
	}
	return end
}

// endsInFlow reports whether a plain scalar in a flow collection ends at an offset.
func (s *scanner) endsInFlow(at int) bool {
	return s.depth > 0 && at < len(s.src) && strings.IndexByte(",[]{}", s.src[at]) >= 0
}

// block reads a block scalar, and reports whether there is one.
func (s *scanner) block() bool {
	header := s.src[s.at+1 : s.lineEnd(s.at)]
	indicators, comment, _ := strings.Cut(header, " ")
	if strings.Trim(strings.TrimSpace(indicators), "+-123456789") != "" || strings.Trim(comment, " \t\r") != "" && !strings.HasPrefix(strings.TrimLeft(comment, " \t"), "#") {
		return false
	}
	if i := strings.IndexByte(header, '#'); i >= 0 {
		s.Comments = append(s.Comments, Span{s.at + 1 + i, s.lineEnd(s.at)})
	}
	width := 0
	if i := strings.IndexAny(indicators, "123456789"); i >= 0 {
		width = max(s.indent, 0) + int(indicators[i]-'0')
	}
	s.at = min(s.lineEnd(s.at)+1, len(s.src))
	s.blockLines(width)
	return true
}

// blockLines reads the lines of a block scalar, which are indented by a width or, if that
// is 0, as the first of them is.
func (s *scanner) blockLines(width int) {
	start, end := s.at, s.at
	for s.at < len(s.src) {
		next := s.lineEnd(s.at)
		line := s.src[s.at:next]
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if isBlank := strings.Trim(line, " \t\r") == ""; !isBlank {
			if width == 0 {
				width = max(indent, s.indent+1, 1)
			}
			if indent < width {
				break
			}
			end = next
		}
		s.at = min(next+1, len(s.src))
	}
	if end > start {
		s.Scalars = append(s.Scalars, Scalar{Span: Span{start, end}})
	}
	s.open = false
}

func (s *scanner) skipSpaces() {
	for s.at < len(s.src) && s.src[s.at] != '\n' && s.isSpace(s.at) {
		s.at++
	}
}

// isSpace reports whether there is a space, or the end of a line or the text.
func (s *scanner) isSpace(at int) bool {
	return at < 0 || at >= len(s.src) || strings.IndexByte(" \t\r\n", s.src[at]) >= 0
}

// lineEnd returns the end of the line of an offset, without its line feed.
func (s *scanner) lineEnd(at int) int {
	if i := strings.IndexByte(s.src[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(s.src)
}
