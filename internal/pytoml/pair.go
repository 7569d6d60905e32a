package pytoml

import "strings"

// unfinished is a value that goes on over lines.
type unfinished struct {
	key, value string
	backslash  bool
}

// pair reads key = value into a table, unless the value goes on over lines.
func (r *reader) readPair(line string, level any, backslash bool) *unfinished {
	key, text, strict := r.splitPair(line)
	level, key = resolveKey(level, key)
	more := startMultiline(key, text, backslash)
	var value any
	if more == nil {
		value, _ = r.readValue(text, strict)
	}
	table, isTable := level.(Table)
	if _, there := table[key]; there || !isTable {
		refuse("Duplicate keys!")
	}
	switch {
	case more == nil:
		table[key] = value
	case key == "":
		raise("UnboundLocalError")
	}
	return more
}

// splitPair finds the equals sign that key and value stand around: not the first,
// if what follows it begins no value.
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
	at := len(pair) - 1
	strict = isStrictNumber(pair[at])
	if strings.ContainsAny(pair[at][:min(1, len(pair[at]))], "0123456789") {
		pair[at] = strings.ReplaceAll(pair[at], "_", "")
	}
	for len(pair[at]) > 0 && !r.beginsValue(pair[at]) {
		splits++
		before := pair[at]
		r.cost(len(line))
		pair = strings.SplitN(line, "=", splits+1)
		if at = len(pair) - 1; pair[at] == before {
			refuse("Invalid date or number")
		}
		strict = strict && isStrictNumber(pair[at])
	}
	return strip(strings.Join(pair[:at], "=")), strip(pair[at]), strict
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

// keyOf goes down a dotted key, and gives the table and the name that it ends in.
func resolveKey(level any, key string) (any, string) {
	if !strings.Contains(key, ".") {
		if c := firstByte(key); (c == '"' || c == '\'') && key[len(key)-1] == c {
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
		if _, there := table[part]; !there {
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
			for level := range strings.SplitSeq(part, ".") {
				parts = append(parts, strip(level))
			}
		}
		quoted = !quoted
	}
	return parts
}

// goesOn is a text in three quotes that does not end on its line.
func startMultiline(key, text string, backslash bool) *unfinished {
	begin := multilineStart(text)
	if begin < 0 {
		return nil
	}
	for k := len(text) - 1; k >= begin && text[k] == '\\'; k-- {
		backslash = !backslash
	}
	if backslash {
		return &unfinished{key, between(text, 0, 1), true}
	}
	return &unfinished{key, text + "\n", false}
}

// opening is where such a text begins, the last of an array's if it is one; -1
// if there is none.
func multilineStart(text string) int {
	if len([]rune(text)) < 3 {
		return -1
	}
	begin := 0
	if text[0] == '[' && !strings.HasSuffix(strip(text), "]") && beginsWithString(text) {
		parts := strings.Split(strip(text[1:]), ",")
		for len(parts) > 1 {
			if c := firstByte(parts[len(parts)-1]); c == '"' || c == '\'' {
				break
			}
			n := len(parts)
			parts = append(parts[:n-2], parts[n-2]+","+parts[n-1])
		}
		begin = len(text) - len(parts[len(parts)-1])
	}
	rest := text[begin:]
	if firstByte(rest) != '"' && firstByte(rest) != '\'' {
		return -1
	}
	three := strings.Repeat(rest[:1], 3)
	if len(rest) < 3 {
		if len(rest) == 2 && rest[1] != rest[0] {
			return -1
		}
		raise(indexError)
	}
	if !strings.HasPrefix(rest, three) || len([]rune(rest)) > 5 && strings.HasSuffix(rest, three) {
		return -1
	}
	return begin
}
