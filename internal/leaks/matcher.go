package leaks

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// matcher looks for patterns in a text and in all that decodings make of it.
type matcher struct{ exact, squeezed *index }

func newMatcher(secrets []Secret) *matcher {
	var p patterns
	for _, s := range secrets {
		p.addSecret(s)
	}
	return &matcher{newIndex(p.exact), newIndex(p.squeezed)}
}

func (m *matcher) names(text []byte) []string {
	found := map[string]bool{}
	if len(m.exact.patterns)+len(m.squeezed.patterns) > 0 {
		eachView(text, func(v view) { m.search(v, found) })
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (m *matcher) search(v view, found map[string]bool) {
	m.exact.find(v.text, func(p *pattern, start int) {
		if !found[p.name] && v.admits(p, start) {
			found[p.name] = true
		}
	})
	if len(m.squeezed.patterns) > 0 {
		m.squeezed.find(squeeze(v.text), func(p *pattern, _ int) { found[p.name] = true })
	}
}

// admits reports whether a pattern counts at a place of v: where chance would
// find it, it does not.
func (v view) admits(p *pattern, start int) bool {
	end := start + len(p.text)
	switch {
	case v.joined && len(p.text) < minAcross:
		return false
	case len(p.text) < minAnyhow:
		return !v.decoded && isAlone(v.text, start, end)
	case p.number:
		return v.decoded || isAlone(v.text, start, end) && !isFraction(v.text, start, end)
	}
	return true
}

// isAlone reports whether no letter, digit or underscore touches a part of text.
func isAlone(text []byte, start, end int) bool {
	before, _ := utf8.DecodeLastRune(text[:start])
	after, _ := utf8.DecodeRune(text[end:])
	return !isWord(before) && !isWord(after)
}

func isWord(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isFraction reports whether a number is only the part of another one before or
// after its point, as in 10:00:00.123456.
func isFraction(text []byte, start, end int) bool {
	return start > 1 && text[start-1] == '.' && isDigit(text[start-2]) ||
		end+1 < len(text) && text[end] == '.' && isDigit(text[end+1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
