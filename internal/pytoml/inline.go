package pytoml

import "strings"

// readInlineTable reads the pairs of an inline table into a table (load_inline_object,
// lines 654–682). It splits them at every comma, and joins a part that does not end in
// a complete value with the next one.
func (r *reader) readInlineTable(text string, table any) {
	r.enterValue()
	defer r.leaveValue()
	parts := strings.Split(between(text, 1, 1), ",")
	if len(parts) == 1 && strip(parts[0]) == "" {
		return
	}
	var pairs []string
	incomplete := ""
	for i, part := range parts {
		part = incomplete + part
		r.cost(len(part))
		_, value, ok := strings.Cut(part, "=")
		if !ok {
			refuse("Invalid inline table encountered")
		}
		switch value = strip(value); {
		case isCompleteValue(value):
			pairs = append(pairs, part)
			incomplete = ""
		case i < len(parts)-1:
			incomplete = part + ","
		default:
			refuse("Invalid inline table value encountered")
		}
	}
	for _, pair := range pairs {
		if r.readPair(pair, table, false) != nil {
			return
		}
	}
}

func isCompleteValue(value string) bool {
	start := byteAt(value, 0)
	end := value[len(value)-1]
	return start == end && isQuote(start) || strings.IndexByte("-0123456789", start) >= 0 ||
		value == "true" || value == "false" || start == '[' && end == ']' || start == '{' && end == '}'
}

// enterValue and leaveValue count how deep values nest.
func (r *reader) enterValue() {
	if r.depth++; r.depth > maxDepth {
		raise("RecursionError")
	}
}

func (r *reader) leaveValue() { r.depth-- }
