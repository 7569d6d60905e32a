package pytoml

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// source returns the offset in the file of an offset in what is being read.
func (r *reader) source(at int) int {
	if r.buffer != nil {
		at = r.buffer.of(at)
	}
	return r.newlines.of(r.blanked.of(at))
}

// span returns the offsets of a part in the file.
func (r *reader) span(p part) (start, end int) {
	start = r.source(p.start)
	if p.end == p.start {
		return start, start
	}
	return start, r.source(p.end-1) + 1
}

// addKey adds a part of a key, and returns the node that it names.
func (r *reader) addKey(parent tomlpos.NodeID, name string, at part, last, header bool) tomlpos.NodeID {
	if r.doc == nil {
		return tomlpos.Root
	}
	start, end := r.span(at)
	return r.doc.Key(parent, name, ShownName(name, at.text), tomlpos.Key{Start: start, End: end, Last: last, Header: header})
}

// ShownName returns the name that a key, as it is written, gives, without what may be a
// value.
func ShownName(name, raw string) string {
	if ShownLength(raw) == len(raw) {
		return name
	}
	before, _, _ := strings.Cut(name, "=")
	return before + "=***"
}

// ShownLength returns how much of a key, as it is written, does not belong to a value: in a
// key without quotes, what stands behind an equals sign may be one.
func ShownLength(raw string) int {
	equals := strings.IndexByte(raw, '=')
	if equals < 0 || strings.Trim(raw[equals:], "= \t") == "" || isQuoted(raw) {
		return len(raw)
	}
	return equals + 1
}

// isQuoted reports whether a text is one string in quotes.
func isQuoted(raw string) bool {
	if len(raw) < 2 || !isQuote(raw[0]) || raw[len(raw)-1] != raw[0] {
		return false
	}
	inner := strings.ReplaceAll(raw[1:len(raw)-1], `\`+raw[:1], "")
	return !strings.Contains(inner, raw[:1])
}

// addElement adds an element of an array.
func (r *reader) addElement(list *List) tomlpos.NodeID {
	if r.doc == nil {
		return tomlpos.Root
	}
	return r.doc.Element(list.node, len(list.Items))
}

// addHeaderElement adds an element of an array of tables.
func (r *reader) addHeaderElement(list *List) tomlpos.NodeID {
	if r.doc == nil {
		return tomlpos.Root
	}
	return r.doc.HeaderElement(list.node, len(list.Items))
}

// addValue adds a value.
func (r *reader) addValue(node tomlpos.NodeID, kind tomlpos.Kind, at part, meaning string) {
	if r.doc == nil {
		return
	}
	start, end := r.span(at)
	if text := r.doc.Document().Text; start > 0 && kind.IsString() && text[start-1] == text[start] {
		start-- // a quote that joinQuotes has blanked
	}
	r.doc.Value(tomlpos.Value{Node: node, Kind: kind, Start: start, End: end}, meaning)
}

// stringKind returns how a string is written.
func stringKind(raw string) tomlpos.Kind {
	kinds := [2]tomlpos.Kind{tomlpos.BasicString, tomlpos.MultilineString}
	if raw[0] == '\'' {
		kinds = [2]tomlpos.Kind{tomlpos.LiteralString, tomlpos.MultilineLiteral}
	}
	if len(raw) >= 6 && strings.HasPrefix(raw, strings.Repeat(raw[:1], 3)) {
		return kinds[1]
	}
	return kinds[0]
}

// timeKind returns the kind of a date or time.
func timeKind(t Time) tomlpos.Kind {
	switch {
	case !t.HasDate:
		return tomlpos.LocalTime
	case !t.HasClock:
		return tomlpos.LocalDate
	case t.Zoned:
		return tomlpos.OffsetDateTime
	}
	return tomlpos.LocalDateTime
}

func numberKind(n any) tomlpos.Kind {
	if _, isInt := n.(Int); isInt {
		return tomlpos.Integer
	}
	return tomlpos.Float
}
