package check

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// misread returns the nodes that toml 0.10.2 reads as something else, if it reads the
// file at all. A newline in a string may be \n or \r\n to TOML 1.0.
func (s *source) misread() []tomlpos.NodeID {
	var standard map[string]any
	if _, err := toml.Decode(strings.ReplaceAll(s.doc.Text, "\r\n", "\n"), &standard); err != nil {
		return nil
	}
	return s.differences(tomlpos.Root, standard, s.readPython().table)
}

// differences returns the nodes of a table that TOML 1.0 and toml 0.10.2 read
// differently. A name that only toml 0.10.2 has is a difference of the table, if
// there is no other.
func (s *source) differences(node tomlpos.NodeID, standard map[string]any, python *pytoml.Table) []tomlpos.NodeID {
	var differ []tomlpos.NodeID
	for name, value := range standard {
		child, ok := s.doc.Child(node, name)
		if !ok {
			child = node
		}
		pythonValue, found := python.Get(name)
		table, isTable := value.(map[string]any)
		pythonTable, isPythonTable := pythonValue.(*pytoml.Table)
		switch {
		case isTable && isPythonTable:
			differ = append(differ, s.differences(child, table, pythonTable)...)
		case !found || !sameValue(value, pythonValue):
			differ = append(differ, child)
		}
	}
	if len(differ) == 0 && len(standard) != python.Len() {
		return []tomlpos.NodeID{node}
	}
	return differ
}

func sameValue(standard, python any) bool {
	switch standard := standard.(type) {
	case map[string]any:
		table, ok := python.(*pytoml.Table)
		return ok && sameTable(standard, table)
	case []map[string]any:
		return sameList(standard, python)
	case []any:
		return sameList(standard, python)
	case float64:
		float, ok := python.(float64)
		return ok && (math.Float64bits(standard) == math.Float64bits(float) || standard != standard && float != float)
	case int64:
		return python == pytoml.IntOf(standard)
	case time.Time:
		return python == pythonTime(standard)
	}
	return standard == python
}

func sameTable(standard map[string]any, python *pytoml.Table) bool {
	for name, value := range python.All() {
		if other, ok := standard[name]; !ok || !sameValue(other, value) {
			return false
		}
	}
	return len(standard) == python.Len()
}

func sameList[T any](standard []T, python any) bool {
	list, ok := python.(*pytoml.List)
	return ok && slices.EqualFunc(standard, list.Items, func(a T, b any) bool { return sameValue(a, b) })
}

// pythonTime returns a time as toml 0.10.2 would read it. The decoder sets the name
// of the location for a time without a date, a clock or a zone.
func pythonTime(t time.Time) pytoml.Time {
	_, offset := t.Zone()
	date := pytoml.Time{HasDate: true, Year: t.Year(), Month: int(t.Month()), Day: t.Day()}
	clock := pytoml.Time{HasClock: true, Hour: t.Hour(), Minute: t.Minute(), Second: t.Second(), Micro: t.Nanosecond() / 1000}
	both := clock
	both.HasDate, both.Year, both.Month, both.Day = true, date.Year, date.Month, date.Day
	switch t.Location().String() {
	case "date-local":
		return date
	case "time-local":
		return clock
	case "datetime-local":
		return both
	}
	both.Zoned, both.Offset = true, offset/60
	return both
}

// isSimple reports whether the file has nothing that toml 0.10.2 could reject or
// misread: only bare keys, one-line strings without quotes and backslashes in them,
// simple numbers, booleans and times, and lists and inline tables of these that are
// not nested. FuzzSimple checks that both read such a file alike.
func (s *source) isSimple() bool {
	if strings.Contains(s.doc.Text, "\r") || tomlpos.MarkLength(s.doc.Text) > 0 || !s.hasSimpleKeys() {
		return false
	}
	kinds := s.nodeKinds()
	inArrayOfTables := func(n tomlpos.Node) bool { return n.Index >= 0 && kinds[n.Parent] != tomlpos.Array }
	if slices.ContainsFunc(s.doc.Nodes, inArrayOfTables) {
		return false
	}
	for _, v := range s.doc.Values {
		if !s.isSimpleValue(v, kinds[s.doc.Nodes[v.Node].Parent]) {
			return false
		}
	}
	return !slices.Contains(s.mixedLists(kinds), true)
}

// nodeKinds returns the kind of each node's value.
func (s *source) nodeKinds() []tomlpos.Kind {
	kinds := make([]tomlpos.Kind, len(s.doc.Nodes))
	for _, v := range s.doc.Values {
		kinds[v.Node] = v.Kind
	}
	return kinds
}

// hasSimpleKeys reports whether all keys are bare and have no spaces at their dots.
func (s *source) hasSimpleKeys() bool {
	for i, k := range s.doc.Keys {
		joined := k.Last || s.doc.Keys[i+1].Start == k.End+1 && s.doc.Text[k.End] == '.'
		if !joined || !isBareKey(s.doc.Text[k.Start:k.End]) {
			return false
		}
	}
	return true
}

func (s *source) isSimpleValue(v tomlpos.Value, parent tomlpos.Kind) bool {
	raw := s.doc.Text[v.Start:v.End]
	switch v.Kind {
	case tomlpos.BasicString, tomlpos.LiteralString:
		inner := raw[1 : len(raw)-1]
		return !strings.ContainsAny(inner, "\"'\\") && !(parent.IsContainer() && strings.ContainsAny(inner, ",[]{}=#"))
	case tomlpos.Integer, tomlpos.Float:
		return isSimpleNumber(raw)
	case tomlpos.OffsetDateTime:
		return isSimpleTime(raw)
	case tomlpos.Boolean:
		return true
	case tomlpos.Array, tomlpos.InlineTable:
		return !parent.IsContainer() && !strings.Contains(raw, "\n")
	}
	return false
}

// isBareKey reports whether a part of a key is not in quotes.
func isBareKey(raw string) bool { return raw[0] != '"' && raw[0] != '\'' }

// isSimpleNumber reports whether a number has only digits, a leading minus and a
// point, and no leading zero.
func isSimpleNumber(raw string) bool {
	integer, fraction, _ := strings.Cut(raw, ".")
	if integer != "0" {
		integer = strings.TrimPrefix(integer, "-")
		if integer == "" || integer[0] == '0' {
			return false
		}
	}
	return prefixLength(integer, digits) == len(integer) && prefixLength(fraction, digits) == len(fraction)
}

// isSimpleTime reports whether a time is in UTC, with capitals, without a fraction,
// and of a year without a leading zero.
func isSimpleTime(raw string) bool {
	return len(raw) == len("1979-05-27T07:32:00Z") && raw[0] != '0' && raw[10] == 'T' && raw[19] == 'Z'
}

// lineEnd returns the end of the line that an offset is in.
func lineEnd(text string, start int) int {
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		return start + n
	}
	return len(text)
}

// spanOf returns the offsets of a node: those of its value, else of its first key,
// else of the first character of the file.
func (s *source) spanOf(node tomlpos.NodeID) (start, end int) {
	for _, v := range s.doc.Values {
		if v.Node == node {
			return v.Start, v.End
		}
	}
	if key, ok := s.doc.FirstKey(node); ok {
		return key.Start, key.End
	}
	_, size := utf8.DecodeRuneInString(s.doc.Text)
	return 0, size
}
