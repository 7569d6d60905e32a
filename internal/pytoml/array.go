package pytoml

import (
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// readArray reads an array (load_array, lines 944–1033).
func (r *reader) readArray(p part, node tomlpos.NodeID) *List {
	r.enterValue()
	defer r.leaveValue()
	list := &List{node: node}
	firstKind := ""
	for _, element := range r.splitArray(p.strip()) {
		if element = element.strip(); element.text == "" {
			continue
		}
		value, kind := r.readValue(element, true, r.addElement(list))
		if firstKind != "" && kind != firstKind {
			refuse("Not a homogeneous array")
		}
		firstKind = kind
		list.Items = append(list.Items, value)
	}
	return list
}

// splitArray returns the elements of an array, unread. It splits at the commas outside
// of inner arrays if the first element is an array, and between inline tables if it is
// one. Otherwise it splits at every comma, and joins strings that hold commas.
func (r *reader) splitArray(p part) []part {
	inner := p.between(1, 1)
	r.cost(len(inner.text))
	if before, _, found := strings.Cut(inner.text, "["); found && strip(before) == "" {
		return splitOuterCommas(inner)
	}
	if strings.HasPrefix(strip(inner.text), "{") {
		return inlineTables(p)
	}
	if beginsWithString(p) {
		return joinStrings(inner)
	}
	return splitCommas(inner)
}

// beginsWithString reports whether the first element of an array is a string
// (_load_array_isstrarray, lines 938–942).
func beginsWithString(array part) bool {
	inner := strip(array.between(1, 1).text)
	return inner != "" && isQuote(inner[0])
}

func splitCommas(p part) []part {
	var parts []part
	for start := 0; ; {
		end, more := nextComma(p.text, start)
		parts = append(parts, p.slice(start, end))
		if !more {
			return parts
		}
		start = end + 1
	}
}

// nextComma returns the offset of the next comma, or of the end of the text.
func nextComma(text string, from int) (at int, ok bool) {
	if i := strings.IndexByte(text[from:], ','); i >= 0 {
		return from + i, true
	}
	return len(text), false
}

func splitOuterCommas(p part) []part {
	var parts []part
	depth, start := 0, 0
	for i := range len(p.text) {
		switch c := p.text[i]; {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, p.slice(start, i))
			start = i + 1
		}
	}
	return append(parts, p.slice(start, len(p.text)))
}

// inlineTables returns the inline tables of an array (lines 955–992). It skips
// everything between them, other values too. The names are start_group_index,
// end_group_index, open_bracket_count and in_str in Python. The indices begin behind
// the bracket of the array; depth is not reset between tables, whose own brackets it
// counts only once.
func inlineTables(p part) []part {
	var tables []part
	array := p.text
	start, end, depth, inString := 1, 2, 0, false
	if array[start] == '{' {
		depth = 1
	}
	_, limit := bounds(array, 0, 1)
	for end < limit {
		c := array[end]
		end++
		switch {
		case isQuote(c):
			if !inString || !endsInOddBackslashes(array[:end-1]) {
				inString = !inString
			}
		case inString:
		case c == '{':
			depth++
		case c == '}' && depth > 1:
			depth--
		case c == '}':
			tables = append(tables, p.slice(start, end))
			_, size := utf8.DecodeRuneInString(array[end:])
			for start = end + size; start < limit && array[start] != '{'; {
				start++
			}
			end = start + 1
		}
	}
	return tables
}

// joinStrings splits at every comma, and joins the parts of strings that hold commas
// (lines 995–1008).
func joinStrings(p part) []part {
	var parts []part
	for start := 0; ; {
		end, more := nextComma(p.text, start)
		first := start + leadingSpace(p.text[start:end])
		for more && isOpen(p.text[first:end]) {
			if end, more = nextComma(p.text, end+1); !more && isOpen(p.text[first:end]) {
				raise(indexError)
			}
		}
		parts = append(parts, p.slice(start, end))
		if !more {
			return parts
		}
		start = end + 1
	}
}

func leadingSpace(s string) int { return len(s) - len(strings.TrimLeftFunc(s, isSpace)) }

// isOpen reports whether Python joins a part of a string with the next.
func isOpen(text string) bool {
	text = strings.TrimRightFunc(text, isSpace)
	return !isBounded(text) || opensMultiline(text)
}

// opensMultiline reports whether text begins with three of one character, and neither
// of the two characters before its last one is that (lines 998–1001).
func opensMultiline(text string) bool {
	c, size := utf8.DecodeRuneInString(text)
	if size == 0 || !strings.HasPrefix(text, strings.Repeat(text[:size], 3)) {
		return false
	}
	_, end := bounds(text, 0, 1)
	last, before := utf8.DecodeLastRuneInString(text[:end])
	secondLast, _ := utf8.DecodeLastRuneInString(text[:end-before])
	return last != c && secondLast != c
}

// isBounded reports whether text ends in the character with which it begins, not
// escaped (bounded_string, lines 923–936).
func isBounded(text string) bool {
	if text == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(text)
	last, size := utf8.DecodeLastRuneInString(text)
	if last != first || len(text) == size {
		return last == first
	}
	return !endsInOddBackslashes(text[1 : len(text)-size])
}
