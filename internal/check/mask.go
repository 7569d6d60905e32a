package check

import (
	"sort"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// mask stands for what is not shown.
const mask = "***"

// masks are the parts of a line, from lo to hi, that are not shown, sorted.
func (s *source) lineMasks(line, lo, hi int) []span {
	var out []span
	if s.parses() {
		out = s.maskedBetween(lo, hi)
	} else {
		start, end := s.doc.Line(line)
		out = clip(out, span{s.visibleEnd(line, start, end), end}, lo, hi)
	}
	first := sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].end > lo })
	for _, t := range s.tokens[first:] {
		if t.start >= hi {
			break
		}
		out = clip(out, t.span, lo, hi)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].start < out[j].start })
	return out
}

func clip(to []span, s span, lo, hi int) []span {
	s.start, s.end = max(s.start, lo), min(s.end, hi)
	if s.start < s.end {
		to = append(to, s)
	}
	return to
}

// maskedValues are the values and comments between lo and hi.
func (s *source) maskedBetween(lo, hi int) []span {
	if s.masked == nil {
		s.masked = s.maskedSpans()
	}
	var out []span
	first := sort.Search(len(s.masked), func(i int) bool { return s.masked[i].end > lo })
	for _, h := range s.masked[first:] {
		if h.start >= hi {
			break
		}
		out = clip(out, h, lo, hi)
	}
	return out
}

// hide lists what is not shown of a file that parses: comments but for
// ignore[rule], and values but for booleans and references.
func (s *source) maskedSpans() []span {
	out := make([]span, 0, len(s.doc.Values)+len(s.doc.Comments))
	for _, c := range s.doc.Comments {
		out = append(out, span{s.maskStart(c.Start), c.End})
	}
	for _, v := range s.doc.Values {
		if v.Kind.IsContainer() || v.Kind == tomlpos.Boolean || v.Kind.IsString() && isDisplayableReference(s.doc.String(v)) {
			continue
		}
		out = append(out, span{v.Start, v.End})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].start < out[j].start })
	return out
}

// visible is the offset up to which a line of a file that does not parse is
// shown: the name of a key with its equals sign, or a plain table header, and
// nothing of a line that has neither or that the value of another began.
func (s *source) visibleEnd(line, start, end int) int {
	if s.problem == nil {
		return start
	}
	if end >= s.problem.Statement {
		return s.visibleEndInvalid(start, end)
	}
	return s.visibleEndValid(start, end)
}

// visibleSound is for a line before the key or header that is wrong.
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

// visibleBroken is for a line of the key or header that is wrong.
func (s *source) visibleEndInvalid(start, end int) int {
	p, text := s.problem, s.doc.Text
	if p.Statement < start || p.Statement >= end {
		return start
	}
	line := text[p.Statement:end]
	if p.Named && line[0] == '[' {
		last := p.End
		if n := len(s.doc.Keys); n > 0 && !p.Problem.Redefinition() && s.doc.Keys[n-1].Start >= p.Statement {
			last = s.doc.Keys[n-1].End
		}
		return headerEnd(text, start, last+strings.IndexByte(text[last:end], ']')+1)
	}
	name, rest, ok := strings.Cut(line, "=")
	if !ok || isBase64Padding(name, rest) || !p.Named && !looksLikeKey(name) {
		return start
	}
	return p.Statement + len(name) + 1
}

// headed is the end of a header that is surely one, else its start: an array
// that a fault above has torn from its key may read as a header too, but not one
// of words without quotes.
func headerEnd(text string, start, end int) int {
	for _, part := range strings.Split(strings.Trim(text[start:end], "[] \t"), ".") {
		part = strings.Trim(part, " \t")
		if part == "" || strings.Contains(digits+"-", part[:1]) || prefixLength(part, alphanumeric+"_-") < len(part) {
			return start
		}
	}
	return end
}

// padding reports whether an equals sign is the end of base64 rather than what
// follows a key.
func isBase64Padding(name, rest string) bool {
	return len(name) >= 16 && strings.Trim(rest, "= \t") == "" && prefixLength(name, alphanumeric+"+/") == len(name)
}

// plausible reports whether what was not read as a key was meant as one, and is
// not the rest of a value.
func looksLikeKey(name string) bool {
	return prefixLength(name, alphanumeric+"_-. \t") == len(name)
}
