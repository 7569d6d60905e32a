package pyliteral

import (
	"fmt"
	"math/big"
	"time"
)

// Names of the locations by which BurntSushi/toml marks TOML's local times, which have
// no time zone.
const (
	localDateTime = "datetime-local"
	localDate     = "date-local"
	localTime     = "time-local"
)

// TypeName returns Python's name for the type of a value: bool, str, NoneType, int,
// float, complex, bytes, list, tuple, set, dict, ellipsis, datetime, date, time or
// timedelta. For any other value it returns the Go type.
func TypeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case []byte:
		return "bytes"
	case []any:
		return "list"
	case Tuple:
		return "tuple"
	case Set:
		return "set"
	case Dict, map[string]any:
		return "dict"
	case Ellipsis:
		return "ellipsis"
	case time.Duration:
		return "timedelta"
	case time.Time:
		return timeType(v)
	}
	return fmt.Sprintf("%T", v)
}

func timeType(t time.Time) string {
	switch t.Location().String() {
	case localDate:
		return "date"
	case localTime:
		return "time"
	}
	return "datetime"
}

// strTime is str() of a date or time.
func strTime(t time.Time) string {
	fraction := ""
	if micro := t.Nanosecond() / 1000; micro != 0 {
		fraction = fmt.Sprintf(".%06d", micro)
	}
	switch timeType(t) {
	case "date":
		return t.Format("2006-01-02")
	case "time":
		return t.Format("15:04:05") + fraction
	}
	if t.Location().String() == localDateTime {
		return t.Format("2006-01-02 15:04:05") + fraction
	}
	return t.Format("2006-01-02 15:04:05") + fraction + t.Format("-07:00")
}

func reprTime(t time.Time) string {
	date := fmt.Sprintf("%d, %d, %d", t.Year(), t.Month(), t.Day())
	clock := fmt.Sprintf("%d, %d", t.Hour(), t.Minute())
	if micro := t.Nanosecond() / 1000; micro != 0 {
		clock += fmt.Sprintf(", %d, %d", t.Second(), micro)
	} else if t.Second() != 0 {
		clock += fmt.Sprintf(", %d", t.Second())
	}
	switch timeType(t) {
	case "date":
		return "datetime.date(" + date + ")"
	case "time":
		return "datetime.time(" + clock + ")"
	}
	zone := ""
	if t.Location().String() != localDateTime {
		zone = ", tzinfo=<toml.tz.TomlTz object>"
	}
	return "datetime.datetime(" + date + ", " + clock + zone + ")"
}

// reprDelta is repr() of a timedelta. Its parts are days, seconds and microseconds, of
// which only the days may be negative.
func reprDelta(d time.Duration) string {
	const day = 24 * time.Hour
	days := d / day
	if d%day < 0 {
		days--
	}
	rest := d - days*day
	text := ""
	for _, part := range []struct {
		name string
		n    time.Duration
	}{{"days", days}, {"seconds", rest / time.Second}, {"microseconds", rest % time.Second / time.Microsecond}} {
		if part.n != 0 {
			text += fmt.Sprintf(", %s=%d", part.name, part.n)
		}
	}
	if text == "" {
		return "datetime.timedelta(0)"
	}
	return "datetime.timedelta(" + text[2:] + ")"
}
