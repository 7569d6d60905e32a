package check

import (
	"slices"
	"sort"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// mask replaces what is not shown.
const mask = "***"

// appendLineMasks appends the parts of a line, from lo to hi, to mask, sorted.
func (s *source) appendLineMasks(out []span, line, lo, hi int) []span {
	if s.parses() {
		out = s.appendMaskedBetween(out, lo, hi)
	} else {
		start, end := s.doc.Line(line)
		out = clip(out, span{s.visibleEnd(start, end), end}, lo, hi)
	}
	first := sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].end > lo })
	for _, t := range s.tokens[first:] {
		if t.start >= hi {
			break
		}
		out = clip(out, t.span, lo, hi)
	}
	sortSpans(out)
	return out
}

func sortSpans(spans []span) {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
}

// clip appends the part of s between lo and hi, unless it is empty.
func clip(to []span, s span, lo, hi int) []span {
	s.start, s.end = max(s.start, lo), min(s.end, hi)
	if s.start < s.end {
		to = append(to, s)
	}
	return to
}

// appendMaskedBetween appends the masked values and comments between lo and hi.
func (s *source) appendMaskedBetween(out []span, lo, hi int) []span {
	if s.masked == nil {
		s.masked = s.maskedSpans()
	}
	first := sort.Search(len(s.masked), func(i int) bool { return s.masked[i].end > lo })
	for _, m := range s.masked[first:] {
		if m.start >= hi {
			break
		}
		out = clip(out, m, lo, hi)
	}
	return out
}

// maskedSpans returns what to mask of a file that parses, sorted: comments except
// ignore[rule], and values except booleans and references. It merges the two lists, which
// are in the order of the text.
func (s *source) maskedSpans() []span {
	out := make([]span, 0, len(s.doc.Values)+len(s.doc.Comments))
	comments := s.doc.Comments
	for i := range s.doc.Values {
		v := &s.doc.Values[i]
		for len(comments) > 0 && comments[0].Start < v.Start {
			out = append(out, s.maskedComment(comments[0]))
			comments = comments[1:]
		}
		if v.Kind.IsContainer() || v.Kind == tomlpos.Boolean || v.Kind.IsString() && isDisplayableReference(s.doc.String(*v)) {
			continue
		}
		out = append(out, span{v.Start, v.End})
	}
	for _, c := range comments {
		out = append(out, s.maskedComment(c))
	}
	if s.standard != nil {
		out = s.maskUnexplained(out)
		sortSpans(out)
	}
	return out
}

func (s *source) maskedComment(c tomlpos.Comment) span { return span{s.maskStart(c.Start), c.End} }

// maskUnexplained appends what is neither key, value nor comment of a file that a release has
// read: its parser drops parts of the text, and takes parts of values for keys.
func (s *source) maskUnexplained(out []span) []span {
	known := make([]span, 0, len(s.doc.Keys)+len(s.doc.Values)+len(s.doc.Comments))
	for _, k := range s.doc.Keys {
		known = append(known, span{k.Start, k.Start + pytoml.ShownLength(s.doc.Text[k.Start:k.End])})
	}
	for _, v := range s.doc.Values {
		if !v.Kind.IsContainer() {
			known = append(known, span{v.Start, v.End})
		}
	}
	for _, c := range s.doc.Comments {
		known = append(known, span{c.Start, c.End})
	}
	sortSpans(known)
	at := 0
	for _, k := range append(known, span{len(s.doc.Text), len(s.doc.Text)}) {
		out = appendWords(out, s.doc.Text, span{at, k.start})
		at = max(at, k.end)
	}
	return out
}

// structure is what may stand between the keys and values of TOML.
const structure = " \t\r\n=.,[]{}"

// appendWords appends the parts of the text in a gap that are not structure.
func appendWords(out []span, text string, gap span) []span {
	for gap.start < gap.end {
		gap.start += prefixLength(text[gap.start:gap.end], structure)
		word := gap.start
		for gap.start < gap.end && strings.IndexByte(structure, text[gap.start]) < 0 {
			gap.start++
		}
		if word < gap.start {
			out = append(out, span{word, gap.start})
		}
	}
	return out
}

// visibleEnd returns the offset up to which a line of a file that does not parse is
// shown: after the name of a key with its equals sign, or after a header without
// quotes. Of any other line, and of a line in the value of an earlier one, nothing is
// shown.
func (s *source) visibleEnd(start, end int) int {
	if s.problem == nil {
		return start
	}
	if end >= s.problem.Statement {
		return s.visibleEndInvalid(start, end)
	}
	return s.visibleEndValid(start, end)
}

// visibleEndValid is visibleEnd for a line before the key or header with the error.
func (s *source) visibleEndValid(start, end int) int {
	text, keys := s.doc.Text, s.doc.Keys
	i := s.keyAt(start)
	if i == len(keys) || keys[i].Start >= end || strings.Trim(text[start:keys[i].Start], " \t[") != "" {
		return start
	}
	for !keys[i].Last {
		i++
	}
	rest := text[keys[i].End:end]
	if keys[i].Header {
		return headerEnd(text, start, end-len(strings.TrimLeft(rest, " \t]")))
	}
	return keys[i].End + strings.IndexByte(rest, '=') + 1
}

// visibleEndInvalid is visibleEnd for a line of the key or header with the error, or
// a line after it.
func (s *source) visibleEndInvalid(start, end int) int {
	statement := s.problem.Statement
	if statement < start || statement >= end {
		return start
	}
	named, line := s.problem.Named, s.doc.Text[statement:end]
	if named && line[0] == '[' {
		nameEnd := s.headerNameEnd()
		return headerEnd(s.doc.Text, start, nameEnd+strings.IndexByte(s.doc.Text[nameEnd:end], ']')+1)
	}
	name, rest, ok := strings.Cut(line, "=")
	if !ok || isBase64Padding(name, rest) || !named && !looksLikeKey(name) {
		return start
	}
	return statement + len(name) + 1
}

// headerNameEnd returns the end of the last name that was read of the header with
// the error.
func (s *source) headerNameEnd() int {
	p, keys := s.problem, s.doc.Keys
	if n := len(keys); n > 0 && !p.Problem.Redefinition() && keys[n-1].Start >= p.Statement {
		return keys[n-1].End
	}
	return p.End
}

// headerEnd returns the end of a header of words without quotes, else its start. An
// array may look like a header too, if an error above has separated it from its key.
func headerEnd(text string, start, end int) int {
	for _, part := range strings.Split(strings.Trim(text[start:end], "[] \t"), ".") {
		part = strings.Trim(part, " \t")
		if part == "" || strings.Contains(digits+"-", part[:1]) || prefixLength(part, alphanumeric+"_-") < len(part) {
			return start
		}
	}
	return end
}

// isBase64Padding reports whether an equals sign between name and rest is the end of
// base64 and does not follow a key.
func isBase64Padding(name, rest string) bool {
	return len(name) >= 16 && strings.Trim(rest, "= \t") == "" && prefixLength(name, alphanumeric+"+/") == len(name)
}

// looksLikeKey reports whether a text that the scanner did not read as a key is one,
// and not the rest of a value.
func looksLikeKey(name string) bool {
	return prefixLength(name, alphanumeric+"_-. \t") == len(name)
}
