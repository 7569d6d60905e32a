package pytoml

import "strings"

// inline reads the pairs of an inline table, between commas. A part that ends in
// no value is put together with the next.
func (r *reader) readInlineTable(text string, into any) {
	r.enterValue()
	defer r.leaveValue()
	parts := strings.Split(between(text, 1, 1), ",")
	if len(parts) == 1 && strip(parts[0]) == "" {
		return
	}
	var pairs []string
	carried := ""
	for i, part := range parts {
		part = carried + part
		r.cost(len(part))
		_, value, ok := strings.Cut(part, "=")
		if !ok {
			refuse("Invalid inline table encountered")
		}
		switch value = strip(value); {
		case isCompleteValue(value):
			pairs = append(pairs, part)
			carried = ""
		case i < len(parts)-1:
			carried = part + ","
		default:
			refuse("Invalid inline table value encountered")
		}
	}
	for _, pair := range pairs {
		if r.readPair(pair, into, false) != nil {
			return
		}
	}
}

func isCompleteValue(value string) bool {
	c, end := firstByte(value), value[len(value)-1]
	return c == end && (c == '"' || c == '\'') || strings.IndexByte("-0123456789", c) >= 0 ||
		value == "true" || value == "false" || c == '[' && end == ']' || c == '{' && end == '}'
}

func (r *reader) enterValue() {
	if r.depth++; r.depth > maxDepth {
		raise("RecursionError")
	}
}

func (r *reader) leaveValue() { r.depth-- }
