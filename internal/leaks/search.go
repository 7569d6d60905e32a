package leaks

import (
	"maps"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// searcher looks for patterns in a log as it is, without its line breaks and
// without its white space.
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
		s.search(log, found)
	}
	return slices.AppendSeq([]string{}, slices.Values(slices.Sorted(maps.Keys(found))))
}

func (s *searcher) search(log []byte, found map[string]bool) {
	s.exact.find(log, func(p *pattern, start int) {
		if !found[p.name] && p.countsAt(log, start) {
			found[p.name] = true
		}
	})
	joined := joinLines(log)
	s.exact.find(joined, func(p *pattern, start int) {
		if !found[p.name] && p.across && p.countsAt(joined, start) {
			found[p.name] = true
		}
	})
	squeezed := squeeze(unescapeBreaks(log))
	anywhere := func(p *pattern, _ int) { found[p.name] = true }
	s.squeezed.find(squeezed, anywhere)
	s.hex.find(withoutSeparators(squeezed), anywhere)
}

// maxBefore is how far before a pattern endsInWord looks, in bytes: an escape, or a
// letter.
const maxBefore = 4

// endsInEscape matches an escape, such as \n or %20: the letter that ends it is not
// part of a word.
var endsInEscape = regexp.MustCompile(`(\\[abfnrtv]|%[0-9A-Fa-f]{2})$`)

func startsInWord(text []byte) bool {
	r, _ := utf8.DecodeRune(text)
	return isWord(r)
}

func endsInWord(text []byte) bool {
	r, _ := utf8.DecodeLastRune(text)
	return isWord(r)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// countsAt reports whether a pattern counts at a place of the log, where a short
// one may be part of another word or number.
func (p *pattern) countsAt(log []byte, start int) bool {
	end := start + len(p.text)
	before := log[max(0, start-maxBefore):start]
	inWord := startsInWord(log[end:]) || endsInWord(before) && !endsInEscape.Match(before)
	return !(p.alone && inWord) && !(p.number && isFraction(log, start, end))
}

// isFraction reports whether a number is only the part of another one before or
// after its point, as in 10:00:00.123456.
func isFraction(log []byte, start, end int) bool {
	return start > 1 && log[start-1] == '.' && isDigit(log[start-2]) ||
		end+1 < len(log) && log[end] == '.' && isDigit(log[end+1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
