package leaks

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// index finds all of its patterns in one pass over a text. Its patterns are
// sorted: those that a text begins with are the last one that does not come after
// the text, if it fits, and then one inner pattern after the other.
type index struct {
	patterns []pattern
	spans    map[prefix]span
	begin    [256]uint64 // for the first byte of a pattern, a bit for each second one modulo 64
}

// prefix is the beginning of a pattern. No pattern is shorter.
type prefix [minAlone]byte

// span is the part of the patterns that have one prefix.
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
		x.patterns[i].inner = x.innerOf(i)
		at := prefix(p.text)
		if s, ok := x.spans[at]; ok {
			x.spans[at] = span{s.from, i + 1}
		} else {
			x.spans[at] = span{i, i + 1}
		}
		x.begin[at[0]] |= 1 << (at[1] & 63)
	}
	return x
}

// innerOf needs the inner patterns of all that come before.
func (x *index) innerOf(i int) int {
	inner := i - 1
	for inner >= 0 && !bytes.HasPrefix(x.patterns[i].text, x.patterns[inner].text) {
		inner = x.patterns[inner].inner
	}
	return inner
}

// find visits each place of text where a pattern begins.
func (x *index) find(text []byte, visit func(p *pattern, start int)) {
	for i := 0; i+minAlone <= len(text); i++ {
		if x.begin[text[i]]&(1<<(text[i+1]&63)) == 0 {
			continue
		}
		if s, ok := x.spans[prefix(text[i:])]; ok {
			x.match(s, text[i:], func(p *pattern) { visit(p, i) })
		}
	}
}

// match visits the patterns of a span that text begins with.
func (x *index) match(s span, text []byte, visit func(*pattern)) {
	after := sort.Search(s.to-s.from, func(i int) bool {
		return bytes.Compare(x.patterns[s.from+i].text, text) > 0
	})
	for i := s.from + after - 1; i >= s.from; i = x.patterns[i].inner {
		if p := &x.patterns[i]; bytes.HasPrefix(text, p.text) {
			visit(p)
		}
	}
}
