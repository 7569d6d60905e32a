package pytoml

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// part is a part of a text. Start and end are its offsets in the text, which the
// parser's changes to a number or a name do not move.
type part struct {
	text       string
	start, end int
}

// slice returns p.text[from:to]. The text must be as it was.
func (p part) slice(from, to int) part {
	return part{p.text[from:to], p.start + from, p.start + to}
}

// strip is str.strip.
func (p part) strip() part {
	left := len(p.text) - len(strings.TrimLeftFunc(p.text, isSpace))
	return p.slice(left, max(left, len(strings.TrimRightFunc(p.text, isSpace))))
}

// between is p[from:-to] in characters.
func (p part) between(from, to int) part {
	start, end := bounds(p.text, from, to)
	return p.slice(start, end)
}

// bounds returns the offsets of s[from:-to] in characters.
func bounds(s string, from, to int) (start, end int) {
	end = len(s)
	for range from {
		_, size := utf8.DecodeRuneInString(s[start:end])
		start += size
	}
	for range to {
		_, size := utf8.DecodeLastRuneInString(s[start:end])
		end -= size
	}
	return start, end
}

// origins maps the offsets of a text to those of the text that it was made from.
// Between two anchors both grow alike. The zero value maps each offset to itself.
type origins struct{ anchors []anchor }

// anchor is an offset in the new text, and its origin.
type anchor struct{ at, from int }

func (o *origins) add(at, from int) { o.anchors = append(o.anchors, anchor{at, from}) }

func (o *origins) of(at int) int {
	i := sort.Search(len(o.anchors), func(i int) bool { return o.anchors[i].at > at })
	if i == 0 {
		return at
	}
	return o.anchors[i-1].from + at - o.anchors[i-1].at
}

// joinNewlines returns a text with line feeds alone, as Python's text files have them.
func joinNewlines(text string) (string, origins) {
	var from origins
	if strings.IndexByte(text, '\r') < 0 {
		return text, from
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\r' {
			out = append(out, text[i])
			continue
		}
		out = append(out, '\n')
		if i+1 < len(text) && text[i+1] == '\n' {
			i++
			from.add(len(out), i+1)
		}
	}
	return string(out), from
}
