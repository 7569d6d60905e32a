package pytoml

import (
	"strings"
	"unicode/utf8"
)

// beginsWithText reports whether the first element of an array is a text.
func beginsWithString(array string) bool {
	inner := strip(between(array, 1, 1))
	return inner != "" && (inner[0] == '"' || inner[0] == '\'')
}

func (r *reader) readArray(text string) *List {
	r.enterValue()
	defer r.leaveValue()
	text = strip(text)
	list := &List{}
	kind := ""
	for _, part := range r.splitArray(text) {
		if part = strip(part); part == "" {
			continue
		}
		value, its := r.readValue(part, true)
		if kind != "" && its != kind {
			refuse("Not a homogeneous array")
		}
		kind = its
		list.Items = append(list.Items, value)
	}
	return list
}

// elements splits an array at its commas: those outside of inner arrays if it
// begins with one, those between tables if it begins with one, else all, of which
// texts are put together again.
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

func splitOuterCommas(inner string) []string {
	var parts []string
	open, begin := 0, 0
	for i := range len(inner) {
		switch c := inner[i]; {
		case c == '[':
			open++
		case c == ']':
			open--
		case c == ',' && open == 0:
			parts = append(parts, inner[begin:i])
			begin = i + 1
		}
	}
	return append(parts, inner[begin:])
}

// tables are the inline tables of an array, and nothing else of it.
func (r *reader) inlineTables(a []rune) []string {
	var parts []string
	begin, end, open := 1, 2, 0
	if a[begin] == '{' {
		open = 1
	}
	inText := false
	for end < len(a)-1 {
		r.cost(1)
		switch c := a[end]; {
		case c == '"' || c == '\'':
			if inText {
				for k := end - 1; k > -1 && a[k] == '\\'; k-- {
					inText = !inText
				}
			}
			inText = !inText
		case !inText && c == '{':
			open++
		}
		if inText || a[end] != '}' {
			end++
			continue
		}
		if open > 1 {
			open--
			end++
			continue
		}
		end++
		parts = append(parts, string(a[begin:end]))
		for begin = end + 1; begin < len(a)-1 && a[begin] != '{'; begin++ {
			r.cost(1)
		}
		end = begin + 1
	}
	return parts
}

// joinTexts puts together texts that hold commas.
func (r *reader) joinStrings(parts []string) []string {
	for b := 0; b < len(parts)-1; b++ {
		for text := strip(parts[b]); !isBounded(text) || opensMultiline(text); text = strip(parts[b]) {
			if b+1 >= len(parts) {
				raise(indexError)
			}
			r.cost(len(parts[b]) + len(parts))
			parts[b] += "," + parts[b+1]
			if b < len(parts)-2 {
				parts = append(parts[:b+1], parts[b+2:]...)
			} else {
				parts = parts[:b+1]
			}
		}
	}
	return parts
}

// opensThree is a text that begins with three of a character and ends in at most
// one of it.
func opensMultiline(text string) bool {
	if utf8.RuneCountInString(text) <= 2 {
		return false
	}
	runes := []rune(text)
	c, n := runes[0], len(runes)
	return runes[1] == c && runes[2] == c && runes[n-2] != c && runes[n-3] != c
}

// bounded reports whether a text ends as it begins, with no backslash before.
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
