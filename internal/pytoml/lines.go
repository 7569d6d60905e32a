package pytoml

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// continued is a value that continues on the next line.
type continued struct {
	key         part
	name        string
	text        []byte
	from        origins // of text, in the second pass's text
	backslash   bool    // the last line ended in an odd number of backslashes
	backslashes int     // in which text ends
	hasNewline  bool    // text holds one
}

// readLines is the second pass (loads, lines 364–516): it reads, line by line, what the
// first pass has left.
func (r *reader) readLines(text string) {
	start := 0
	for raw := range strings.SplitSeq(text, "\n") {
		r.pos = r.blanked.of(start)
		line := part{raw, start, start + len(raw)}
		start = line.end + 1
		r.cost(len(raw))
		if r.rest != nil {
			r.continueValue(line)
			continue
		}
		r.readLine(line.strip())
	}
}

func (r *reader) readLine(line part) {
	switch text := line.text; {
	case text == "":
	case text[0] == '[':
		r.readHeader(line)
	case text[0] == '{':
		if text[len(text)-1] != '}' {
			refuse("Line breaks are not allowed in inlineobjects")
		}
		r.readInlineTable(line, r.table)
	case strings.Contains(text, "="):
		r.rest = r.readPair(line, r.table, false)
	}
}

// continueValue adds a line to an unfinished value (lines 380–410). A finished one
// replaces the value of an equal key, if there is one.
func (r *reader) continueValue(line part) {
	rest := r.rest
	if len(rest.text) == 0 || rest.backslash || !rest.hasNewline {
		line = line.strip()
	}
	if line.text == "" && rest.backslash {
		return
	}
	rest.add(line)
	if closesValue(rest.text, line.text) {
		r.finishValue()
		return
	}
	if rest.backslash = rest.backslashes%2 == 1; rest.backslash {
		rest.text = rest.text[:len(rest.text)-1]
		rest.backslashes--
	} else {
		rest.text, rest.hasNewline, rest.backslashes = append(rest.text, '\n'), true, 0
	}
}

// add appends a line.
func (c *continued) add(line part) {
	c.from.add(len(c.text), line.start)
	c.text = append(c.text, line.text...)
	n := len(line.text) - len(strings.TrimRight(line.text, `\`))
	if n < len(line.text) {
		c.backslashes = 0
	}
	c.backslashes += n
}

func closesValue(text []byte, line string) bool {
	quote := byteAt(text, 0)
	if quote == '[' {
		return byteAt(line, len(line)-1) == ']'
	}
	return strings.HasSuffix(line, strings.Repeat(string(rune(quote)), 3))
}

// finishValue reads the value that the last line has closed.
func (r *reader) finishValue() {
	rest := r.rest
	r.rest = nil
	table := tableOf(r.table)
	if r.doc != nil && table.has(rest.name) {
		r.doc.Forget(table.node, rest.name)
	}
	node := r.addKey(table.node, rest.name, rest.key, true, false)
	r.buffer = &rest.from
	value, _ := r.readValue(part{string(rest.text), 0, len(rest.text)}, true, node)
	r.buffer = nil
	table.set(rest.name, value)
}

// splitOnQuotes splits a line at its quotes (_get_split_on_quotes, lines 684–704).
// Every second part, from the second on, is meant to be a quoted one. Between two parts
// there is one quote.
func splitOnQuotes(line string) []string {
	double := strings.IndexByte(line, '"')
	if double < 0 {
		return strings.Split(line, "'")
	}
	var parts []string
	if strings.Contains(line[:double], "'") {
		parts, double = splitOnSingle(line, double)
		if double == len(line) {
			return parts
		}
		line = line[double+1:]
	}
	first, rest, more := strings.Cut(line, `"`)
	parts = append(parts, strings.Split(first, "'")...)
	if more {
		parts = append(parts, strings.Split(rest, `"`)...)
	}
	return parts
}

// splitOnSingle splits a line at single quotes, as far as the double quote from which on
// it is split at those. In single quotes a double quote is one like any character.
func splitOnSingle(line string, double int) (parts []string, end int) {
	parts = strings.Split(line[:double], "'")
	start := double - len(parts[len(parts)-1]) // of the last part
	for len(parts)%2 == 0 && double < len(line) {
		next := double + 1
		if i := strings.IndexByte(line[next:], '"'); i >= 0 {
			next += i
		} else {
			next = len(line)
		}
		added := strings.Split(line[double:next], "'")
		parts[len(parts)-1] = line[start : double+len(added[0])]
		if parts = append(parts, added[1:]...); len(added) > 1 {
			start = next - len(added[len(added)-1])
		}
		double = next
	}
	return parts, double
}

var bareName = lazyregexp.New(`^[A-Za-z0-9_-]+$`)
