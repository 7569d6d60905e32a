package pytoml

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// namePart is a name, and where it stands.
type namePart struct {
	name string
	at   part
}

// readHeader reads [a.b] or [[a.b]] (lines 411–499).
func (r *reader) readHeader(line part) {
	if len(line.text) == 1 {
		refuse("Opening key group bracket on line by itself.")
	}
	isArray, closing := line.text[1] == '[', "]"
	if isArray {
		closing = "]]"
	}
	names := splitHeader(headerNames(line.slice(len(closing), len(line.text)), closing))
	r.checkDepth(len(names))
	table := any(r.root)
	for i, name := range names {
		table = r.enterTable(table, name, i == len(names)-1, isArray)
	}
	r.table = table
}

// headerNames returns what precedes the closing brackets, which must end the line
// (lines 423–435).
func headerNames(line part, closing string) part {
	splits := 1
	quoted := false
	for _, text := range splitOnQuotes(line.text) {
		if !quoted && strings.Contains(text, closing) {
			break
		}
		splits += strings.Count(text, closing)
		quoted = !quoted
	}
	parts := strings.SplitN(line.text, closing, splits+1)
	if len(parts) < splits+1 || strip(parts[splits]) != "" {
		refuse("Key group not on a line by itself.")
	}
	return line.slice(0, len(line.text)-len(parts[splits])-len(closing))
}

// splitHeader returns the names of a header (lines 436–458). A quoted name may hold
// dots.
func splitHeader(p part) []namePart {
	var names []namePart
	for start := 0; start <= len(p.text); {
		end := nextDot(p.text, start)
		at := p.slice(start, end).strip()
		name := at.text
		if name == "" || !isQuote(name[0]) {
			if !bareName().MatchString(name) {
				refuse("Invalid group name. Try quoting it.")
			}
			names = append(names, namePart{name, at})
			start = end + 1
			continue
		}
		name, end = quotedHeaderName(p.text, name, end)
		names = append(names, namePart{name, p.slice(start, end).strip()})
		start = end + 1
	}
	return names
}

// nextDot returns the offset of the next dot, or of the end of the text.
func nextDot(text string, from int) int {
	if i := strings.IndexByte(text[from:], '.'); i >= 0 {
		return from + i
	}
	return len(text)
}

// quotedHeaderName returns a name in quotes, of which first is what precedes the dot at
// end, and where the name ends. Python drops the spaces before its first dot.
func quotedHeaderName(text, first string, end int) (name string, nameEnd int) {
	quote := first[0]
	closed := len(first) > 1 && first[len(first)-1] == quote
	dot := end
	for !closed {
		if end == len(text) {
			refuse("Invalid group name. Something went wrong.")
		}
		start := end + 1
		end = nextDot(text, start)
		piece := strings.TrimRightFunc(text[start:end], isSpace)
		closed = piece != "" && piece[len(piece)-1] == quote
	}
	from, to := bounds(strip(first+text[dot:end]), 1, 1)
	return strip(first + text[dot:end])[from:to], end
}

// enterTable returns the table with this name in parent, or of [[a.b]] the last table
// of the array, and creates what is missing (lines 460–499). IsLast is true for the
// last name of the header, isArray for [[a.b]].
func (r *reader) enterTable(parent any, name namePart, isLast, isArray bool) any {
	if name.name == "" {
		refuse("Can't have a keygroup with an empty name")
	}
	if parent == "" { // Python looks for its last character
		raise(indexError)
	}
	list, isList := parent.(*List)
	var table *Table
	if isList {
		table = lastTableOf(list)
	} else {
		table = tableOf(parent)
	}
	node := r.addKey(table.node, name.name, name.at, isLast, true)
	if !isList {
		r.defineTable(table, name.name, node, isLast, isArray)
	} else if !table.has(name.name) {
		table.set(name.name, r.newTable(isLast && isArray, node))
	}
	value, _ := table.Get(name.name)
	if !isArray {
		return value
	}
	return lastOf(value)
}

// lastOf returns value[-1], or value if it is a table.
func lastOf(value any) any {
	switch value := value.(type) {
	case *List:
		if len(value.Items) == 0 {
			raise(indexError)
		}
		return value.Items[len(value.Items)-1]
	case *Table:
		return value
	case string:
		if value == "" {
			raise(indexError)
		}
		return value[:1] // no table; what follows from it does not depend on the character
	}
	raise("TypeError")
	return nil
}

func lastTableOf(list *List) *Table {
	if len(list.Items) == 0 {
		raise(indexError)
	}
	return tableOf(list.Items[len(list.Items)-1])
}

// defineTable creates the table with this name in parent, or appends one to the array
// (lines 465–493).
func (r *reader) defineTable(parent *Table, name string, node tomlpos.NodeID, isLast, isArray bool) {
	existing, exists := parent.Get(name)
	switch {
	case !exists:
		if !isLast {
			r.implicit[name]++
		}
		parent.set(name, r.newTable(isLast && isArray, node))
	case !isLast:
	case r.implicit[name] > 0:
		r.implicit[name]--
		if isArray {
			refuse("An implicitly defined table can't be an array")
		}
	case isArray:
		list, ok := existing.(*List)
		if !ok {
			raise("AttributeError")
		}
		list.Items = append(list.Items, newTable(r.addHeaderElement(list)))
	default:
		refuse("What? It already exists?")
	}
}

// newTable returns an empty table, in an array if inArray is true.
func (r *reader) newTable(inArray bool, node tomlpos.NodeID) any {
	if !inArray {
		return newTable(node)
	}
	list := &List{node: node}
	list.Items = append(list.Items, newTable(r.addHeaderElement(list)))
	return list
}
