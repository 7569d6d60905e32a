package release

import (
	"math/big"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/pytoml"
)

// fromPython returns what the parser inside Prefect has read as a table.
func fromPython(read *pytoml.Table, at path, from Origin) *table {
	t := newTable()
	for name, value := range read.All() {
		if inner, isTable := value.(*pytoml.Table); isTable {
			t.set(name, fromPython(inner, at.child(name), from))
		} else {
			t.set(name, &leaf{path: at.child(name), value: valueOfPython(value), origin: from})
		}
	}
	return t
}

// valueOfPython returns a value of a leaf.
func valueOfPython(value any) any {
	switch v := value.(type) {
	case pytoml.Int:
		n, _ := new(big.Int).SetString(string(v), 10)
		if n.IsInt64() {
			return n.Int64()
		}
		return n
	case pytoml.Time:
		return timeOfPython(v)
	case *pytoml.List:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			list[i] = valueOfPython(item)
		}
		return list
	case *pytoml.Table:
		dict := make(pyliteral.Dict, 0, v.Len())
		for name, inner := range v.All() {
			dict = append(dict, pyliteral.Item{Key: name, Value: valueOfPython(inner)})
		}
		return dict
	}
	return value
}

// timeOfPython returns a date or time, in a location named as [Entry] says.
func timeOfPython(t pytoml.Time) time.Time {
	year, month, day, zone := t.Year, t.Month, t.Day, time.FixedZone("", t.Offset*60)
	switch {
	case !t.HasClock:
		zone = time.FixedZone("date-local", 0)
	case !t.HasDate:
		year, month, day, zone = 0, 1, 1, time.FixedZone("time-local", 0)
	case !t.Zoned:
		zone = time.FixedZone("datetime-local", 0)
	case t.Offset == 0:
		zone = time.UTC
	}
	return time.Date(year, time.Month(month), day, t.Hour, t.Minute, t.Second, t.Micro*1000, zone)
}
