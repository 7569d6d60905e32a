package pytoml

import (
	"strings"
	"unicode/utf8"
)

// readPair reads key = value into a table, unless the value continues on the next line
// (load_line, lines 706–788).
func (r *reader) readPair(line part, level any, backslash bool) *continued {
	keyPart, text, strict := r.splitPair(line)
	level, key := r.resolveKey(level, keyPart)
	rest := startMultiline(key, text, backslash)
	table, isTable := level.(*Table)
	var value any
	switch {
	case rest != nil:
	case isTable:
		value, _ = r.readValue(text, strict, r.addKey(table.node, key.name, key.at, true, false))
	default:
		value, _ = r.readValue(text, strict, r.root.node)
	}
	if !isTable || table.has(key.name) { // Python raises the same for both
		refuse("Duplicate keys!")
	}
	switch {
	case rest == nil:
		table.set(key.name, value)
	case key.name == "":
		raise("UnboundLocalError")
	}
	return rest
}

// splitPair splits a line at the equals sign between key and value (lines 707–740).
// That is the first one outside of quotes, or a later one if what follows the first
// does not begin a value. Strict reports whether the value may be a number.
func (r *reader) splitPair(line part) (key, value part, strict bool) {
	equals := firstEquals(line.text)
	text := line.text[equals+1:]
	strict = isStrictNumber(text)
	if text != "" && isDigit(text[0]) {
		text = strings.ReplaceAll(text, "_", "")
	}
	for text != "" && !r.beginsValue(text) {
		before := text
		r.cost(len(text))
		if next := strings.IndexByte(line.text[equals+1:], '='); next >= 0 {
			equals += 1 + next
		}
		if text = line.text[equals+1:]; text == before {
			refuse("Invalid date or number")
		}
		strict = strict && isStrictNumber(text)
	}
	value = line.slice(equals+1, len(line.text)).strip()
	value.text = strip(text)
	return line.slice(0, equals).strip(), value, strict
}

// firstEquals returns the offset of the first equals sign outside of quotes, or of the
// last one before which there are as many in quotes.
func firstEquals(line string) int {
	splits := 1
	quoted := false
	for _, text := range splitOnQuotes(line) {
		if !quoted && strings.Contains(text, "=") {
			break
		}
		splits += strings.Count(text, "=")
		quoted = !quoted
	}
	at := -1
	for range splits {
		next := strings.IndexByte(line[at+1:], '=')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return at
}

func (r *reader) beginsValue(text string) bool {
	if strings.IndexByte(" \t'\"[{", text[0]) >= 0 || strip(text) == "true" || strip(text) == "false" {
		return true
	}
	if _, ok := floatOf(text); ok {
		return true
	}
	_, isDate := dateOf(text)
	return isDate || timePattern().MatchString(text)
}

// resolveKey follows a dotted key from level, and creates the tables that are missing
// (lines 741–766). It returns the table of the last part, and that part.
func (r *reader) resolveKey(level any, key part) (any, namePart) {
	if !strings.Contains(key.text, ".") {
		if c := byteAt(key.text, 0); isQuote(c) && key.text[len(key.text)-1] == c {
			return level, namePart{unescape(key.between(1, 1).text), key}
		}
		return level, namePart{key.text, key}
	}
	parts := splitKey(key)
	for len(parts) > 0 && parts[len(parts)-1].name == "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 {
		raise(indexError)
	}
	r.checkDepth(len(parts))
	for _, p := range parts[:len(parts)-1] {
		if p.name == "" {
			continue
		}
		table := tableOf(level)
		node := r.addKey(table.node, p.name, p.at, false, false)
		if !table.has(p.name) {
			table.set(p.name, newTable(node))
		}
		level, _ = table.Get(p.name)
	}
	last := parts[len(parts)-1]
	return level, namePart{strip(last.name), last.at}
}

// splitKey returns the parts of a dotted key.
func splitKey(key part) []namePart {
	if !strings.ContainsAny(key.text, `"'`) {
		return splitDots(key, false)
	}
	var parts []namePart
	start, quoted := 0, false
	for _, text := range splitOnQuotes(key.text) {
		end := start + len(text)
		if quoted {
			at := key.slice(max(0, start-1), min(len(key.text), end+1)) // with its quotes
			parts = append(parts, namePart{text, at})
		} else {
			parts = append(parts, splitDots(key.slice(start, end), true)...)
		}
		start, quoted = end+1, !quoted
	}
	return parts
}

// splitDots splits at dots. Python removes the spaces around the parts of a key only if
// there are quotes in it.
func splitDots(p part, stripped bool) []namePart {
	var parts []namePart
	for start := 0; start <= len(p.text); {
		end := nextDot(p.text, start)
		name := p.slice(start, end)
		at := name.strip()
		if stripped {
			name = at
		}
		parts = append(parts, namePart{name.text, at})
		start = end + 1
	}
	return parts
}

// startMultiline returns the beginning of a multi-line string that does not end on its
// line, nil if text is a complete value (lines 767–776). Python counts backslashes
// from the end of the line back to the beginning of the string.
func startMultiline(key namePart, value part, backslash bool) *continued {
	start := multilineStart(value.text)
	if start < 0 {
		return nil
	}
	if endsInOddBackslashes(value.text[start:]) {
		backslash = !backslash
	}
	rest := &continued{key: key.at, name: key.name, backslash: backslash}
	if backslash {
		value = value.between(0, 1)
	}
	rest.add(value)
	if !backslash {
		rest.text, rest.hasNewline, rest.backslashes = append(rest.text, '\n'), true, 0
	}
	return rest
}

// multilineStart returns the offset of a multi-line string that does not end in text,
// -1 if there is none (_load_line_multiline_str, lines 790–808). In an array it is the
// last element.
func multilineStart(text string) int {
	if utf8.RuneCountInString(text) < 3 {
		return -1
	}
	start := 0
	if text[0] == '[' && !strings.HasSuffix(strip(text), "]") && beginsWithString(part{text, 0, len(text)}) {
		start = len(text) - len(lastString(text))
	}
	value := text[start:]
	quote := byteAt(value, 0)
	if !isQuote(quote) || byteAt(value, 1) != quote || byteAt(value, 2) != quote {
		return -1
	}
	if len(value) > 5 && strings.HasSuffix(value, value[:3]) {
		return -1
	}
	return start
}

// lastString returns the end of an array, from the last element that begins with a
// quote (lines 796–799).
func lastString(array string) string {
	text := strip(array[1:])
	start := strings.LastIndexByte(text, ',') + 1
	for start > 0 && !isQuote(byteAt(text, start)) {
		start = strings.LastIndexByte(text[:start-1], ',') + 1
	}
	return text[start:]
}
