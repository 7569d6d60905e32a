package check

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
	"github.com/prefect-secrets/prefect-secrets/internal/tomlpos"
)

// reading is what toml 0.10.2 makes of a file.
type pythonReading struct {
	tooSlow    bool             // it would take too long to find out
	rejectedAt int              // the byte offset of the line that it refuses, or -1
	misread    []tomlpos.NodeID // what it reads as something else
}

// pythonReads reads the file as both do.
func (s *source) readAsPython() pythonReading {
	theirs, err := pytoml.Read(s.doc.Text)
	var refused *pytoml.Error
	switch {
	case errors.As(err, &refused):
		return pythonReading{rejectedAt: byteOffset(s.doc.Text, refused.Offset)}
	case err != nil:
		return pythonReading{tooSlow: true, rejectedAt: -1}
	}
	var ours map[string]any
	if _, err := toml.Decode(s.doc.Text, &ours); err != nil {
		return pythonReading{tooSlow: true, rejectedAt: -1}
	}
	return pythonReading{rejectedAt: -1, misread: s.differences(tomlpos.Root, ours, theirs)}
}

func byteOffset(text string, characters int) int {
	for at := range text {
		if characters == 0 {
			return at
		}
		characters--
	}
	return len(text)
}

// differences are the nodes of a table that the two read differently. A name that
// only toml 0.10.2 has is a difference of the table, if there is no other.
func (s *source) differences(at tomlpos.NodeID, ours map[string]any, theirs pytoml.Table) []tomlpos.NodeID {
	var differ []tomlpos.NodeID
	for name, value := range ours {
		node, ok := s.doc.Child(at, name)
		if !ok {
			node = at
		}
		other, there := theirs[name]
		inner, isTable := value.(map[string]any)
		otherInner, both := other.(pytoml.Table)
		switch {
		case there && isTable && both:
			differ = append(differ, s.differences(node, inner, otherInner)...)
		case !there || !sameValue(value, other):
			differ = append(differ, node)
		}
	}
	if len(differ) == 0 && len(ours) != len(theirs) {
		return []tomlpos.NodeID{at}
	}
	return differ
}

func sameValue(ours, theirs any) bool {
	switch ours := ours.(type) {
	case map[string]any:
		table, ok := theirs.(pytoml.Table)
		return ok && maps.EqualFunc(ours, table, sameValue)
	case []map[string]any:
		return sameList(ours, theirs)
	case []any:
		return sameList(ours, theirs)
	case float64:
		other, ok := theirs.(float64)
		return ok && (math.Float64bits(ours) == math.Float64bits(other) || ours != ours && other != other)
	case int64:
		return theirs == pytoml.IntOf(ours)
	case time.Time:
		return theirs == pythonTime(ours)
	}
	return ours == theirs
}

func sameList[T any](ours []T, theirs any) bool {
	list, ok := theirs.(*pytoml.List)
	return ok && slices.EqualFunc(ours, list.Items, func(a T, b any) bool { return sameValue(a, b) })
}

// pythonTime is a time as toml 0.10.2 would have it. The decoder says in the name
// of the location what a time lacks.
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

// plain reports whether the file holds nothing that toml 0.10.2 could stumble over:
// bare keys, one-line texts without quotes and backslashes in them, plain numbers,
// booleans and times, and lists and inline tables of those that hold no other.
// FuzzPlain holds that.
func (s *source) isSimple() bool {
	if strings.Contains(s.doc.Text, "\r") || tomlpos.MarkLength(s.doc.Text) > 0 {
		return false
	}
	kinds := make([]tomlpos.Kind, len(s.doc.Nodes))
	for _, v := range s.doc.Values {
		kinds[v.Node] = v.Kind
	}
	for i, k := range s.doc.Keys {
		joined := k.Last || s.doc.Keys[i+1].Start == k.End+1 && s.doc.Text[k.End] == '.'
		if !joined || !isBareKey(s.doc.Text[k.Start:k.End]) {
			return false
		}
	}
	for _, n := range s.doc.Nodes {
		if n.Index >= 0 && kinds[n.Parent] != tomlpos.Array {
			return false
		}
	}
	for _, v := range s.doc.Values {
		if !s.isSimpleValue(v, kinds[s.doc.Nodes[v.Node].Parent]) {
			return false
		}
	}
	return !slices.Contains(s.mixedLists(kinds), true)
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

// plainKey reports whether a part of a key has no quotes.
func isBareKey(raw string) bool { return raw[0] != '"' && raw[0] != '\'' }

// plainNumber reports whether a number is digits with at most a minus before them
// and a point among them, and no zero in front.
func isSimpleNumber(raw string) bool {
	whole, fraction, _ := strings.Cut(raw, ".")
	if whole != "0" {
		whole = strings.TrimPrefix(whole, "-")
		if whole == "" || whole[0] == '0' {
			return false
		}
	}
	return prefixLength(whole, digits) == len(whole) && prefixLength(fraction, digits) == len(fraction)
}

// plainTime reports whether a time is a four-digit year's in UTC, in capitals, and
// without a fraction.
func isSimpleTime(raw string) bool {
	return len(raw) == len("1979-05-27T07:32:00Z") && raw[0] != '0' && raw[10] == 'T' && raw[19] == 'Z'
}

// lineEnd is where the line ends that begins at an offset.
func lineEnd(text string, start int) int {
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		return start + n
	}
	return len(text)
}

// place is where a node stands: its value, else its first key.
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
