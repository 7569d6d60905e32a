package pytoml

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeOfDay is looked for at the beginning of a value.
var timeOfDay = regexp.MustCompile(`^([0-9]{2}):([0-9]{2}):([0-9]{2})(\.([0-9]{3,6}))?`)

// FormatTime writes a date and time as a [Time]: a date alone if hour is below 0,
// a time alone if year is, with an offset in minutes if zoned.
func FormatTime(year, month, day, hour, minute, second, microsecond int, zoned bool, offset int) Time {
	var b strings.Builder
	if year >= 0 {
		fmt.Fprintf(&b, "%04d-%02d-%02d", year, month, day)
	}
	if hour >= 0 {
		fmt.Fprintf(&b, "T%02d:%02d:%02d.%06d", hour, minute, second, microsecond)
	}
	if zoned {
		fmt.Fprintf(&b, "%+d", offset)
	}
	return Time(b.String())
}

// clock is a time of day; its fraction is taken for microseconds, whatever its
// length.
func clock(m []string) Time {
	at := make([]int, 6)
	for i := range at {
		at[i], _ = strconv.Atoi(m[i])
	}
	if at[1] > 23 || at[2] > 59 || at[3] > 59 {
		refuse("hour, minute or second out of range")
	}
	return FormatTime(-1, 0, 0, at[1], at[2], at[3], at[5], false, 0)
}

// dateOf is a date, or a date and time.
func dateOf(text string) (Time, bool) {
	v := []rune(text)
	part := func(from, to int) string { return cut(text, from, to) }
	if len(v) == 0 || !strings.Contains(string(v[1:]), "-") {
		if len(v) > 19 {
			zoneOf(v)
		}
		return "", false
	}
	microsecond, zoned, offset := 0, false, 0
	if len(v) > 19 {
		microsecond, zoned, offset = zoneOf(v)
	}
	year, ok1 := decimal(part(0, 4))
	month, ok2 := decimal(part(5, 7))
	day, ok3 := decimal(part(8, 10))
	if !ok1 || !ok2 || !ok3 || !isDate(year, month, day) {
		return "", false
	}
	if len(v) == 10 {
		return FormatTime(year, month, day, -1, 0, 0, 0, false, 0), true
	}
	hour, ok1 := decimal(part(11, 13))
	minute, ok2 := decimal(part(14, 16))
	second, ok3 := decimal(part(17, 19))
	if !ok1 || !ok2 || !ok3 || !within(hour, 23) || !within(minute, 59) || !within(second, 59) || !within(microsecond, 999999) {
		return "", false
	}
	return FormatTime(year, month, day, hour, minute, second, microsecond, zoned, offset), true
}

func within(n, most int) bool { return 0 <= n && n <= most }

func isDate(year, month, day int) bool {
	if !within(year-1, 9998) || !within(month-1, 11) || day < 1 {
		return false
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

// zoneOf reads what follows the seconds: a fraction and an offset.
func zoneOf(v []rune) (microsecond int, zoned bool, offset int) {
	rest := string(v[19:])
	if v[19] != '.' {
		offset, zoned = offsetOf(rest)
		return 0, zoned, offset
	}
	fraction, zone := rest[1:], ""
	switch at := strings.IndexByte(fraction, '+'); {
	case v[len(v)-1] == 'Z' || v[len(v)-1] == 'z':
		fraction, zone = fraction[:len(fraction)-1], "Z"
	case at >= 0:
		fraction, zone = fraction[:at], fraction[at:]
	case strings.Contains(fraction, "-"):
		at = strings.IndexByte(fraction, '-')
		fraction, zone = fraction[:at], fraction[at:]
	}
	if zone != "" {
		if offset, zoned = offsetOf(zone); !zoned {
			return 0, false, 0
		}
	}
	n, ok := decimal(fraction)
	if !ok {
		return 0, false, 0
	}
	return int(float64(n) * math.Pow10(6-len([]rune(fraction)))), zoned, offset
}

func offsetOf(zone string) (minutes int, ok bool) {
	if zone == "Z" {
		zone = "+00:00"
	}
	hours, ok1 := decimal(cut(zone, 1, 3))
	rest, ok2 := decimal(cut(zone, 4, 6))
	if minutes = hours*60 + rest; strings.HasPrefix(zone, "-") {
		minutes = -minutes
	}
	return minutes, ok1 && ok2
}
