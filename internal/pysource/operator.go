package pysource

import (
	"fmt"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// longOperators are the operators of more than one byte, the longest first.
var longOperators = []string{
	"**=", "//=", ">>=", "<<=", "...",
	"==", "!=", "<=", ">=", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>", "<>",
}

func (s *scanner) operator() {
	rest := s.src[s.at:]
	c := rest[0]
	switch {
	case s.conflictMarker(rest):
	case s.mode() == 0 && (c == '!' || c == '%' || c == '?') && s.command(rest):
	case strings.IndexByte("([{", c) >= 0:
		s.push(opening{mode: c}, tokOp, s.at+1)
	case strings.IndexByte(")]}", c) >= 0:
		s.pop(c)
	case s.mode() == inField && c == ':':
		s.add(tokOp, s.at+1)
		s.beginFormatSpec()
	case s.mode() == inField && c == '!' && !strings.HasPrefix(rest, "!="):
		s.add(tokOp, s.at+1)
	case strings.IndexByte("+-*/%@&|^~<>=!.,:;", c) >= 0:
		s.add(tokOp, s.at+operatorLength(rest))
	default:
		s.unknownCharacter()
	}
}

// conflictMarker skips a line that git leaves where it could not merge.
func (s *scanner) conflictMarker(rest string) bool {
	if len(rest) < 7 || strings.IndexByte("<=>|", rest[0]) < 0 || strings.Trim(rest[:7], rest[:1]) != "" || s.at > 0 && s.src[s.at-1] != '\n' {
		return false
	}
	end := s.at + lineEnd(rest)
	s.fail("this is the mark of a merge conflict: choose one of the two sides and remove the marks", s.at, end)
	s.at = end
	return true
}

func operatorLength(rest string) int {
	for _, o := range longOperators {
		if strings.HasPrefix(rest, o) {
			return len(o)
		}
	}
	return 1
}

// push opens a bracket or an f-string. CPython allows 200 inside one another; at the
// next one the scanner stops.
func (s *scanner) push(o opening, kind tokenKind, end int) {
	if len(s.stack) >= pyliteral.MaxDepth {
		s.fail(fmt.Sprintf("Python allows at most %d nested brackets", pyliteral.MaxDepth), s.at, end)
		s.at, s.stack = len(s.src), nil
		return
	}
	o.token = len(s.tokens)
	s.stack = append(s.stack, o)
	s.add(kind, end)
}

// pop closes a bracket. It skips one that nothing opened.
func (s *scanner) pop(c byte) {
	opened := map[byte]string{')': "(", ']': "[", '}': "{F"}[c]
	if strings.IndexByte(opened, s.mode()) < 0 {
		s.fail("nothing opens this bracket", s.at, s.at+1)
		s.at++
		return
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.add(tokOp, s.at+1)
}
