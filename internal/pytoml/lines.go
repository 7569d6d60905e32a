package pytoml

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// readLines is the second pass (loads, lines 364–516): it reads, line by line, what the
// first pass has left.
func (r *reader) readLines(text string) {
	pos := 0
	for raw := range strings.SplitSeq(text, "\n") {
		r.pos = pos
		pos += utf8.RuneCountInString(raw) + 1
		r.cost(len(raw))
		line := raw
		if len(r.value) == 0 || r.backslash || !r.hasNewline {
			line = strip(line)
		}
		switch {
		case line == "" && (r.key == nil || r.backslash):
		case r.key != nil:
			r.continueValue(line)
		case line[0] == '[':
			r.readHeader(line)
		case line[0] == '{':
			if line[len(line)-1] != '}' {
				refuse("Line breaks are not allowed in inlineobjects")
			}
			r.readInlineTable(line, r.table)
		case strings.Contains(line, "="):
			r.readPairLine(line)
		}
	}
}

func (r *reader) readPairLine(line string) {
	if rest := r.readPair(line, r.table, r.backslash); rest != nil {
		r.key, r.value, r.backslash = &rest.key, []byte(rest.value), rest.backslash
		r.hasNewline = strings.Contains(rest.value, "\n")
	}
}

// continueValue adds a line to an unfinished value (lines 380–410). A finished one
// replaces the value of an equal key, if there is one.
func (r *reader) continueValue(line string) {
	r.value = append(r.value, line...)
	r.backslash = false
	if r.closesValue(line) {
		value, _ := r.readValue(string(r.value), true)
		tableOf(r.table)[*r.key] = value
		r.key, r.value = nil, nil
		return
	}
	for i := len(r.value) - 1; i >= 0 && r.value[i] == '\\'; i-- {
		r.backslash = !r.backslash
	}
	if r.backslash {
		r.value = r.value[:len(r.value)-1]
	} else {
		r.value, r.hasNewline = append(r.value, '\n'), true
	}
}

func (r *reader) closesValue(line string) bool {
	quote := byteAt(r.value, 0)
	if quote == '[' {
		return byteAt(line, len(line)-1) == ']'
	}
	return utf8.RuneCountInString(line) > 2 && strings.HasSuffix(line, strings.Repeat(string(rune(quote)), 3))
}

// tableOf returns v as a table; Python raises TypeError when it indexes another value
// with a name.
func tableOf(v any) Table {
	t, ok := v.(Table)
	if !ok {
		raise("TypeError")
	}
	return t
}

var bareName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// readHeader reads [a.b] or [[a.b]] (lines 411–499).
func (r *reader) readHeader(line string) {
	if len(line) == 1 {
		refuse("Opening key group bracket on line by itself.")
	}
	isArray, closing := line[1] == '[', "]"
	line = line[1:]
	if isArray {
		line, closing = line[1:], "]]"
	}
	names := r.splitHeader(headerNames(line, closing))
	table := any(r.root)
	for i, name := range names {
		table = r.enterTable(table, name, i == len(names)-1, isArray)
	}
	r.table = table
}

// headerNames returns what precedes the closing brackets, which must end the line
// (lines 423–435).
func headerNames(line, closing string) string {
	splits := 1
	quoted := false
	for _, part := range splitOnQuotes(line) {
		if !quoted && strings.Contains(part, closing) {
			break
		}
		splits += strings.Count(part, closing)
		quoted = !quoted
	}
	parts := strings.SplitN(line, closing, splits+1)
	if len(parts) < splits+1 || strip(parts[len(parts)-1]) != "" {
		refuse("Key group not on a line by itself.")
	}
	return strings.Join(parts[:len(parts)-1], closing)
}

// splitHeader returns the names of a header (lines 436–458). A quoted name may hold
// dots.
func (r *reader) splitHeader(text string) []string {
	names := strings.Split(text, ".")
	for i := 0; i < len(names); i++ {
		r.cost(len(names))
		part := strip(names[i])
		if part == "" || !isQuote(part[0]) {
			if !bareName.MatchString(part) {
				refuse("Invalid group name. Try quoting it.")
			}
			names[i] = part
			continue
		}
		end := i + 1 // of the parts that make up name
		name := part
		for len(name) == 1 || name[0] != name[len(name)-1] {
			if end++; end > len(names)+2 {
				refuse("Invalid group name. Something went wrong.")
			}
			r.cost(len(text))
			name = strip(strings.Join(append([]string{part}, names[i+1:min(end, len(names))]...), "."))
		}
		names[i] = between(name, 1, 1)
		names = slices.Delete(names, i+1, min(max(end, i+1), len(names)))
	}
	return names
}

// enterTable returns the table with this name in parent, or of [[a.b]] the last table
// of the array, and creates what is missing (lines 460–499). IsLast is true for the
// last name of the header, isArray for [[a.b]].
func (r *reader) enterTable(parent any, name string, isLast, isArray bool) any {
	if name == "" {
		refuse("Can't have a keygroup with an empty name")
	}
	list, isList := parent.(*List)
	var table Table
	if isList {
		table = lastTableOf(list)
		if _, exists := table[name]; !exists {
			table[name] = newTable(isLast && isArray)
		}
	} else {
		table = tableOf(parent)
		r.defineTable(table, name, isLast, isArray)
	}
	if !isArray {
		return table[name]
	}
	switch value := table[name].(type) {
	case *List:
		if len(value.Items) == 0 {
			raise(indexError)
		}
		return value.Items[len(value.Items)-1]
	case Table:
		return value
	case string:
		if value == "" {
			raise(indexError)
		}
		return "" // not a table; Python goes on with a character
	}
	raise("TypeError")
	return nil
}

func lastTableOf(list *List) Table {
	if len(list.Items) == 0 {
		raise(indexError)
	}
	return tableOf(list.Items[len(list.Items)-1])
}

// defineTable creates the table with this name in parent, or appends one to the array
// (lines 465–493).
func (r *reader) defineTable(parent Table, name string, isLast, isArray bool) {
	existing, exists := parent[name]
	switch {
	case !exists:
		if !isLast {
			r.implicit = append(r.implicit, name)
		}
		parent[name] = newTable(isLast && isArray)
	case !isLast:
	case slices.Contains(r.implicit, name):
		i := slices.Index(r.implicit, name)
		r.implicit = slices.Delete(r.implicit, i, i+1)
		if isArray {
			refuse("An implicitly defined table can't be an array")
		}
	case isArray:
		list, ok := existing.(*List)
		if !ok {
			raise("AttributeError")
		}
		list.Items = append(list.Items, Table{})
	default:
		refuse("What? It already exists?")
	}
}

// newTable returns an empty table, in an array if inArray is true.
func newTable(inArray bool) any {
	if inArray {
		return &List{Items: []any{Table{}}}
	}
	return Table{}
}

// splitOnQuotes splits a line at its quotes (_get_split_on_quotes, lines 684–704).
// Every second part, from the second on, is meant to be a quoted one.
func splitOnQuotes(line string) []string {
	double := strings.Split(line, `"`)
	var parts []string
	if len(double) > 1 && strings.Contains(double[0], "'") {
		single := strings.Split(double[0], "'")
		double = double[1:]
		for len(single)%2 == 0 && len(double) > 0 {
			last := len(single) - 1
			single[last] += `"` + double[0]
			double = double[1:]
			if strings.Contains(single[last], "'") {
				single = append(single[:last], strings.Split(single[last], "'")...)
			}
		}
		parts = single
	}
	quoted := false
	for _, part := range double {
		if quoted {
			parts = append(parts, part)
		} else {
			parts = append(parts, strings.Split(part, "'")...)
			quoted = !quoted
		}
	}
	return parts
}
