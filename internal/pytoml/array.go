package pytoml

import (
	"strings"
	"unicode/utf8"
)

// readArray reads an array (load_array, lines 944–1033).
func (r *reader) readArray(text string) *List {
	r.enterValue()
	defer r.leaveValue()
	text = strip(text)
	list := &List{}
	firstKind := ""
	for _, element := range r.splitArray(text) {
		if element = strip(element); element == "" {
			continue
		}
		value, kind := r.readValue(element, true)
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
func (r *reader) splitArray(text string) []string {
	inner := between(text, 1, 1)
	r.cost(len(inner))
	if before, _, found := strings.Cut(inner, "["); found && strip(before) == "" {
		return splitOuterCommas(inner)
	}
	if strings.HasPrefix(strip(inner), "{") {
		return r.inlineTables([]rune(text))
	}
	parts := strings.Split(inner, ",")
	if beginsWithString(text) {
		return r.joinStrings(parts)
	}
	return parts
}

// beginsWithString reports whether the first element of an array is a string
// (_load_array_isstrarray, lines 938–942).
func beginsWithString(array string) bool {
	inner := strip(between(array, 1, 1))
	return inner != "" && isQuote(inner[0])
}

func splitOuterCommas(inner string) []string {
	var parts []string
	depth, start := 0, 0
	for i := range len(inner) {
		switch c := inner[i]; {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, inner[start:i])
			start = i + 1
		}
	}
	return append(parts, inner[start:])
}

// inlineTables returns the inline tables of an array (lines 955–992). It skips
// everything between them, other values too. The names are start_group_index,
// end_group_index, open_bracket_count and in_str in Python. The indices begin behind
// the bracket of the array; depth is not reset between tables, whose own brackets it
// counts only once.
func (r *reader) inlineTables(array []rune) []string {
	var tables []string
	start, end, depth, inString := 1, 2, 0, false
	if array[start] == '{' {
		depth = 1
	}
	for end < len(array)-1 {
		r.cost(1)
		c := array[end]
		end++
		switch {
		case isQuote(c):
			if !inString || !isEscaped(array, end-1) {
				inString = !inString
			}
		case inString:
		case c == '{':
			depth++
		case c == '}' && depth > 1:
			depth--
		case c == '}':
			tables = append(tables, string(array[start:end]))
			for start = end + 1; start < len(array)-1 && array[start] != '{'; start++ {
				r.cost(1)
			}
			end = start + 1
		}
	}
	return tables
}

// joinStrings joins the parts of strings that hold commas (lines 995–1008).
func (r *reader) joinStrings(parts []string) []string {
	for i := 0; i < len(parts)-1; i++ {
		for part := strip(parts[i]); !isBounded(part) || opensMultiline(part); part = strip(parts[i]) {
			if i+1 >= len(parts) {
				raise(indexError)
			}
			r.cost(len(parts[i]) + len(parts))
			parts[i] += "," + parts[i+1]
			if i < len(parts)-2 {
				parts = append(parts[:i+1], parts[i+2:]...)
			} else {
				parts = parts[:i+1]
			}
		}
	}
	return parts
}

// opensMultiline reports whether text begins with three of one character, and neither
// of the two characters before its last one is that (lines 998–1001).
func opensMultiline(text string) bool {
	if utf8.RuneCountInString(text) <= 2 {
		return false
	}
	runes := []rune(text)
	c, n := runes[0], len(runes)
	return runes[1] == c && runes[2] == c && runes[n-2] != c && runes[n-3] != c
}

// isBounded reports whether text ends in the character with which it begins, not
// escaped (bounded_string, lines 923–936).
func isBounded(text string) bool {
	if text == "" {
		return true
	}
	if text[len(text)-1] != text[0] {
		return false
	}
	odd := false
	for i := len(text) - 2; i > 0 && text[i] == '\\'; i-- {
		odd = !odd
	}
	return !odd
}
