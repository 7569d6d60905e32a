package pytoml

import "strings"

// readInlineTable reads the pairs of an inline table into a table (load_inline_object,
// lines 654–682). It splits them at every comma, and joins a part that does not end in
// a complete value with the next one.
func (r *reader) readInlineTable(p part, table any) {
	r.enterValue()
	defer r.leaveValue()
	inner := p.between(1, 1)
	r.cost(len(inner.text))
	for _, pair := range splitPairs(inner) {
		if r.readPair(pair, table, false) != nil {
			return
		}
	}
}

// splitPairs returns the pairs of an inline table, unread.
func splitPairs(p part) []part {
	var pairs []part
	text := p.text
	for start := 0; ; {
		end, more := nextComma(text, start)
		if !more && start == 0 && strip(text) == "" {
			return nil
		}
		equals := strings.IndexByte(text[start:end], '=')
		if equals < 0 {
			refuse("Invalid inline table encountered")
		}
		value := start + equals + 1
		value += leadingSpace(text[value:end])
		for !isCompleteValue(text[value:end]) {
			if !more {
				refuse("Invalid inline table value encountered")
			}
			end, more = nextComma(text, end+1)
		}
		pairs = append(pairs, p.slice(start, end))
		if !more {
			return pairs
		}
		start = end + 1
	}
}

// isCompleteValue reports whether a text, with the spaces behind it, begins and ends
// as a value does.
func isCompleteValue(text string) bool {
	value := strings.TrimRightFunc(text, isSpace)
	start := byteAt(value, 0)
	end := value[len(value)-1]
	return start == end && isQuote(start) || strings.IndexByte("-0123456789", start) >= 0 ||
		value == "true" || value == "false" || start == '[' && end == ']' || start == '{' && end == '}'
}
