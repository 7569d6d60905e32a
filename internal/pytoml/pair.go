package pytoml

import "strings"

// unfinished is a value that continues on the next line.
type unfinished struct {
	key, value string
	backslash  bool // the line ended in one
}

// readPair reads key = value into a table, unless the value continues on the next line
// (load_line, lines 706–788).
func (r *reader) readPair(line string, level any, backslash bool) *unfinished {
	key, text, strict := r.splitPair(line)
	level, key = resolveKey(level, key)
	rest := startMultiline(key, text, backslash)
	var value any
	if rest == nil {
		value, _ = r.readValue(text, strict)
	}
	table, isTable := level.(Table)
	if _, exists := table[key]; exists || !isTable { // Python raises the same for both
		refuse("Duplicate keys!")
	}
	switch {
	case rest == nil:
		table[key] = value
	case key == "":
		raise("UnboundLocalError")
	}
	return rest
}

// splitPair splits a line at the equals sign between key and value (lines 707–740).
// That is the first one outside of quotes, or a later one if what follows the first
// does not begin a value. Strict reports whether the value may be a number.
func (r *reader) splitPair(line string) (key, value string, strict bool) {
	splits := 1
	quoted := false
	for _, part := range splitOnQuotes(line) {
		if !quoted && strings.Contains(part, "=") {
			break
		}
		splits += strings.Count(part, "=")
		quoted = !quoted
	}
	pair := strings.SplitN(line, "=", splits+1)
	last := len(pair) - 1
	strict = isStrictNumber(pair[last])
	if pair[last] != "" && isDigit(pair[last][0]) {
		pair[last] = strings.ReplaceAll(pair[last], "_", "")
	}
	for len(pair[last]) > 0 && !r.beginsValue(pair[last]) {
		splits++
		before := pair[last]
		r.cost(len(line))
		pair = strings.SplitN(line, "=", splits+1)
		if last = len(pair) - 1; pair[last] == before {
			refuse("Invalid date or number")
		}
		strict = strict && isStrictNumber(pair[last])
	}
	return strip(strings.Join(pair[:last], "=")), strip(pair[last]), strict
}

func (r *reader) beginsValue(text string) bool {
	r.cost(len(text))
	if strings.ContainsRune(" \t'\"[{", rune(text[0])) || strip(text) == "true" || strip(text) == "false" {
		return true
	}
	if _, ok := floatOf(text); ok {
		return true
	}
	_, isDate := dateOf(text)
	return isDate || timePattern.MatchString(text)
}

// resolveKey follows a dotted key from level, and creates the tables that are missing
// (lines 741–766). It returns the table of the last part, and that part.
func resolveKey(level any, key string) (any, string) {
	if !strings.Contains(key, ".") {
		if c := byteAt(key, 0); isQuote(c) && key[len(key)-1] == c {
			return level, unescape(between(key, 1, 1))
		}
		return level, key
	}
	parts := splitKey(key)
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 {
		raise(indexError)
	}
	for _, part := range parts[:len(parts)-1] {
		if part == "" {
			continue
		}
		table := tableOf(level)
		if _, exists := table[part]; !exists {
			table[part] = Table{}
		}
		level = table[part]
	}
	return level, strip(parts[len(parts)-1])
}

func splitKey(key string) []string {
	if !strings.ContainsAny(key, `"'`) {
		return strings.Split(key, ".")
	}
	var parts []string
	quoted := false
	for _, part := range splitOnQuotes(key) {
		if quoted {
			parts = append(parts, part)
		} else {
			for name := range strings.SplitSeq(part, ".") {
				parts = append(parts, strip(name))
			}
		}
		quoted = !quoted
	}
	return parts
}

// startMultiline returns the beginning of a multi-line string that does not end on its
// line, nil if text is a complete value (lines 767–776). Python counts backslashes
// from the end of the line back to the beginning of the string.
func startMultiline(key, text string, backslash bool) *unfinished {
	start := multilineStart(text)
	if start < 0 {
		return nil
	}
	for i := len(text) - 1; i >= start && text[i] == '\\'; i-- {
		backslash = !backslash
	}
	if backslash {
		return &unfinished{key, between(text, 0, 1), true}
	}
	return &unfinished{key, text + "\n", false}
}

// multilineStart returns the offset of a multi-line string that does not end in text,
// -1 if there is none (_load_line_multiline_str, lines 790–808). In an array it is the
// last element.
func multilineStart(text string) int {
	if len([]rune(text)) < 3 {
		return -1
	}
	start := 0
	if text[0] == '[' && !strings.HasSuffix(strip(text), "]") && beginsWithString(text) {
		start = len(text) - len(lastString(text))
	}
	value := text[start:]
	quote := byteAt(value, 0)
	if !isQuote(quote) || byteAt(value, 1) != quote || byteAt(value, 2) != quote {
		return -1
	}
	if len([]rune(value)) > 5 && strings.HasSuffix(value, value[:3]) {
		return -1
	}
	return start
}

// lastString returns the end of an array, from the last element that begins with a
// quote (lines 796–799).
func lastString(array string) string {
	parts := strings.Split(strip(array[1:]), ",")
	last := len(parts) - 1
	for last > 0 && !isQuote(byteAt(parts[last], 0)) {
		parts[last-1] += "," + parts[last]
		last--
	}
	return parts[last]
}
