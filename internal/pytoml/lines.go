package pytoml

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// lines is the second pass, line by line of what the first has left.
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

func tableOf(v any) Table {
	t, ok := v.(Table)
	if !ok {
		raise("TypeError")
	}
	return t
}

func (r *reader) readPairLine(line string) {
	if more := r.readPair(line, r.table, r.backslash); more != nil {
		r.key, r.value, r.backslash = &more.key, []byte(more.value), more.backslash
		r.hasNewline = strings.Contains(more.value, "\n")
	}
}

// goOn adds a line to a value that goes on over lines.
func (r *reader) continueValue(line string) {
	r.value = append(r.value, line...)
	r.backslash = false
	if r.closesValue(line) {
		value, _ := r.readValue(string(r.value), true)
		r.put(*r.key, value)
		r.key, r.value = nil, nil
		return
	}
	for k := len(r.value) - 1; k >= 0 && r.value[k] == '\\'; k-- {
		r.backslash = !r.backslash
	}
	if r.backslash {
		r.value = r.value[:len(r.value)-1]
	} else {
		r.value, r.hasNewline = append(r.value, '\n'), true
	}
}

func (r *reader) closesValue(line string) bool {
	quote := firstByte(string(r.value[:min(1, len(r.value))]))
	if quote == '[' {
		c, ok := last(line, 1)
		if !ok {
			raise(indexError)
		}
		return c == ']'
	}
	return utf8.RuneCountInString(line) > 2 && strings.HasSuffix(line, strings.Repeat(string(rune(quote)), 3))
}

// put is what a value that goes over lines does to a key of that name: it replaces it.
func (r *reader) put(key string, value any) { tableOf(r.table)[key] = value }

var bareName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// header reads [a.b] or [[a.b]].
func (r *reader) readHeader(line string) {
	if len(line) == 1 {
		refuse("Opening key group bracket on line by itself.")
	}
	array, end := line[1] == '[', "]"
	line = line[1:]
	if array {
		line, end = line[1:], "]]"
	}
	groups := r.splitHeader(headerNames(line, end))
	level := any(r.root)
	for i, name := range groups {
		level = r.enterTable(level, name, i == len(groups)-1, array)
	}
	r.table = level
}

// headerText is what stands before the closing brackets, which end the line.
func headerNames(line, end string) string {
	splits := 1
	quoted := false
	for _, part := range splitOnQuotes(line) {
		if !quoted && strings.Contains(part, end) {
			break
		}
		splits += strings.Count(part, end)
		quoted = !quoted
	}
	parts := strings.SplitN(line, end, splits+1)
	if len(parts) < splits+1 || strip(parts[len(parts)-1]) != "" {
		refuse("Key group not on a line by itself.")
	}
	return strings.Join(parts[:len(parts)-1], end)
}

// groups are the names of a header. One in quotes may hold dots.
func (r *reader) splitHeader(text string) []string {
	parts := strings.Split(text, ".")
	for i := 0; i < len(parts); i++ {
		r.cost(len(parts))
		name := strip(parts[i])
		if name == "" || name[0] != '"' && name[0] != '\'' {
			if !bareName.MatchString(name) {
				refuse("Invalid group name. Try quoting it.")
			}
			parts[i] = name
			continue
		}
		end := i + 1
		whole := name
		for len(whole) == 1 || whole[0] != whole[len(whole)-1] {
			if end++; end > len(parts)+2 {
				refuse("Invalid group name. Something went wrong.")
			}
			r.cost(len(text))
			whole = strip(strings.Join(append([]string{name}, parts[i+1:min(end, len(parts))]...), "."))
		}
		parts[i] = between(whole, 1, 1)
		parts = slices.Delete(parts, i+1, min(max(end, i+1), len(parts)))
	}
	return parts
}

// enter goes into the table of a header's part, and makes it where it is not.
func (r *reader) enterTable(level any, name string, isLast, array bool) any {
	if name == "" {
		refuse("Can't have a keygroup with an empty name")
	}
	list, isList := level.(*List)
	var table Table
	if isList {
		table = lastTableOf(list)
		if _, there := table[name]; !there {
			table[name] = r.newTable(isLast && array)
		}
	} else {
		table = tableOf(level)
		r.defineTable(table, name, isLast, array)
	}
	level = table[name]
	if !array {
		return level
	}
	switch inner := level.(type) {
	case *List:
		if len(inner.Items) == 0 {
			raise(indexError)
		}
		return inner.Items[len(inner.Items)-1]
	case Table:
		return inner
	case string:
		if inner == "" {
			raise(indexError)
		}
		return "" // no table
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

func (r *reader) defineTable(table Table, name string, isLast, array bool) {
	inner, there := table[name]
	switch {
	case !there:
		if !isLast {
			r.implicit = append(r.implicit, name)
		}
		table[name] = r.newTable(isLast && array)
	case !isLast:
	case slices.Contains(r.implicit, name):
		at := slices.Index(r.implicit, name)
		r.implicit = slices.Delete(r.implicit, at, at+1)
		if array {
			refuse("An implicitly defined table can't be an array")
		}
	case array:
		list, ok := inner.(*List)
		if !ok {
			raise("AttributeError")
		}
		list.Items = append(list.Items, Table{})
	default:
		refuse("What? It already exists?")
	}
}

func (r *reader) newTable(array bool) any {
	if array {
		return &List{Items: []any{Table{}}}
	}
	return Table{}
}

// splitOnQuotes splits a line at its quotes, so that every second part, from the
// second on, is meant to be a quoted one.
func splitOnQuotes(line string) []string {
	double := strings.Split(line, `"`)
	var parts []string
	if len(double) > 1 && strings.Contains(double[0], "'") {
		single := strings.Split(double[0], "'")
		double = double[1:]
		for len(single)%2 == 0 && len(double) > 0 {
			at := len(single) - 1
			single[at] += `"` + double[0]
			double = double[1:]
			if strings.Contains(single[at], "'") {
				single = append(single[:at], strings.Split(single[at], "'")...)
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
