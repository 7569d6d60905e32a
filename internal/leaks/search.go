package leaks

import (
	"bytes"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// searcher looks for patterns in a log as it is, without line breaks, and without white
// space.
type searcher struct{ exact, squeezed, hex *index }

func newSearcher(secrets []Secret) *searcher {
	var p patterns
	for _, s := range secrets {
		p.addSecret(s)
	}
	return &searcher{newIndex(p.exact), newIndex(p.squeezed), newIndex(p.hex)}
}

func (s *searcher) names(log []byte) []string {
	found := map[string]bool{}
	if len(s.exact.patterns)+len(s.squeezed.patterns) > 0 {
		s.collect(log, found)
	}
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(found))))
}

// collect adds the names of the patterns in log to found.
func (s *searcher) collect(log []byte, found map[string]bool) {
	s.exact.find(log, func(p *pattern, start int) {
		if !found[p.name] && p.countsAt(log, start) {
			found[p.name] = true
		}
	})
	joined := joinLines(log)
	s.exact.find(joined, func(p *pattern, start int) {
		if !found[p.name] && p.acrossLines && p.countsAt(joined, start) {
			found[p.name] = true
		}
	})
	squeezed := squeeze(unescapeBreaks(log))
	anywhere := func(p *pattern, _ int) { found[p.name] = true }
	s.squeezed.find(squeezed, anywhere)
	s.hex.find(removeHexSeparators(squeezed), anywhere)
}

// maxLookback is how many bytes before a pattern countsAt reads: an escape or a letter.
const maxLookback = 4

// endsInEscape matches an escape, such as \n or %20, whose last letter is not part of a
// word.
var endsInEscape = lazyregexp.New(`(\\[abfnrtv]|%[0-9A-Fa-f]{2})$`)

func startsInWord(text []byte) bool {
	r, _ := utf8.DecodeRune(text)
	return isWord(r)
}

func endsInWord(text []byte) bool {
	r, _ := utf8.DecodeLastRune(text)
	return isWord(r)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// countsAt reports whether a pattern counts at a position of the log: a short one
// may be part of a longer word or number there.
func (p *pattern) countsAt(log []byte, start int) bool {
	end := start + len(p.text)
	before := log[max(0, start-maxLookback):start]
	inWord := startsInWord(log[end:]) || endsInWord(before) && !endsInEscape().Match(before)
	return !(p.wholeWord && inWord) && !(p.number && isFraction(log, start, end))
}

// isFraction reports whether log[start:end] is only the part of a number before or
// after its decimal point, as in 10:00:00.123456.
func isFraction(log []byte, start, end int) bool {
	return start > 1 && log[start-1] == '.' && isDigit(log[start-2]) ||
		end+1 < len(log) && log[end] == '.' && isDigit(log[end+1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

const whiteSpace = " \t\n\v\f\r"

// unescapeBreaks replaces escaped line breaks and tabs with line breaks.
func unescapeBreaks(log []byte) []byte {
	for _, escape := range []string{`\r`, `\n`, `\t`} {
		log = bytes.ReplaceAll(log, []byte(escape), []byte("\n"))
	}
	return log
}

// joinLines removes line breaks, with the white space around them.
func joinLines(log []byte) []byte {
	var out []byte
	for line := range bytes.FieldsFuncSeq(unescapeBreaks(log), func(r rune) bool { return r == '\n' || r == '\r' }) {
		out = append(out, bytes.Trim(line, whiteSpace)...)
	}
	return out
}

// squeeze removes white space.
func squeeze(text []byte) []byte {
	return bytes.Join(bytes.FieldsFunc(text, isSpace), nil)
}

func isSpace(r rune) bool { return r < 0x80 && bytes.IndexByte([]byte(whiteSpace), byte(r)) >= 0 }

// removeHexSeparators removes colons and dashes, which may separate bytes in
// hexadecimal.
func removeHexSeparators(squeezed []byte) []byte {
	return bytes.Join(bytes.FieldsFunc(squeezed, func(r rune) bool { return r == ':' || r == '-' }), nil)
}
