package leaks

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// index finds all of its patterns in one pass over a text. The patterns are sorted:
// those with which a text begins are on the chain of longestPrefix from the last
// pattern that does not sort after the text.
type index struct {
	patterns   []pattern
	spans      map[prefix]span
	firstBytes [256]uint64 // by the first byte of a pattern: a bit for each second byte, modulo 64
}

// prefix is the beginning of a pattern. No pattern is shorter than it.
type prefix [minWord]byte

// span is the range of the patterns with one prefix.
type span struct{ from, to int }

func newIndex(patterns []pattern) *index {
	slices.SortFunc(patterns, func(a, b pattern) int {
		return cmp.Or(bytes.Compare(a.text, b.text), cmp.Compare(a.name, b.name))
	})
	patterns = slices.CompactFunc(patterns, func(a, b pattern) bool {
		return a.name == b.name && bytes.Equal(a.text, b.text)
	})
	x := &index{patterns: patterns, spans: make(map[prefix]span, len(patterns))}
	for i, p := range patterns {
		x.patterns[i].longestPrefix = x.longestPrefixOf(i)
		first := prefix(p.text)
		if s, ok := x.spans[first]; ok {
			x.spans[first] = span{s.from, i + 1}
		} else {
			x.spans[first] = span{i, i + 1}
		}
		x.firstBytes[first[0]] |= 1 << (first[1] & 63)
	}
	return x
}

// longestPrefixOf returns longestPrefix of pattern i. It needs that of all patterns
// before i.
func (x *index) longestPrefixOf(i int) int {
	j := i - 1
	for j >= 0 && !bytes.HasPrefix(x.patterns[i].text, x.patterns[j].text) {
		j = x.patterns[j].longestPrefix
	}
	return j
}

// find calls visit for each pattern in text.
func (x *index) find(text []byte, visit func(p *pattern, start int)) {
	for i := 0; i+minWord <= len(text); i++ {
		if x.firstBytes[text[i]]&(1<<(text[i+1]&63)) == 0 {
			continue
		}
		if s, ok := x.spans[prefix(text[i:])]; ok {
			x.match(s, text[i:], func(p *pattern) { visit(p, i) })
		}
	}
}

// match calls visit for the patterns of a span with which text begins.
func (x *index) match(s span, text []byte, visit func(*pattern)) {
	after := sort.Search(s.to-s.from, func(i int) bool {
		return bytes.Compare(x.patterns[s.from+i].text, text) > 0
	})
	for i := s.from + after - 1; i >= s.from; i = x.patterns[i].longestPrefix {
		if p := &x.patterns[i]; bytes.HasPrefix(text, p.text) {
			visit(p)
		}
	}
}
