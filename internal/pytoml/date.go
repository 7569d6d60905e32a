package pytoml

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timePattern is TIME_RE. It is matched at the beginning of a value.
var timePattern = regexp.MustCompile(`^([0-9]{2}):([0-9]{2}):([0-9]{2})(\.([0-9]{3,6}))?`)

// timeOf returns the time of day that timePattern matched (lines 886–888). Whatever the
// length of its fraction, the fraction counts microseconds.
func timeOf(match []string) Time {
	n := make([]int, 6)
	for i := range n {
		n[i], _ = strconv.Atoi(match[i])
	}
	if n[1] > 23 || n[2] > 59 || n[3] > 59 {
		refuse("hour, minute or second out of range")
	}
	return Time{HasClock: true, Hour: n[1], Minute: n[2], Second: n[3], Micro: n[5]}
}

// dateOf reads a date, or a date and time (_load_date, lines 520–564).
func dateOf(text string) (t Time, ok bool) {
	v := []rune(text)
	if len(v) == 0 || !strings.Contains(string(v[1:]), "-") {
		return Time{}, false
	}
	if len(v) > 19 {
		t.Micro, t.Zoned, t.Offset = fractionAndZone(v)
	}
	read := func(field *int, from, to, least, most int) bool {
		n, ok := decimal(cut(text, from, to))
		*field = n
		return ok && least <= n && n <= most
	}
	t.HasDate = true
	if !read(&t.Year, 0, 4, 1, 9999) || !read(&t.Month, 5, 7, 1, 12) ||
		!read(&t.Day, 8, 10, 1, daysIn(t.Year, t.Month)) {
		return Time{}, false
	}
	if len(v) == 10 {
		return t, true
	}
	t.HasClock = true
	if !read(&t.Hour, 11, 13, 0, 23) || !read(&t.Minute, 14, 16, 0, 59) ||
		!read(&t.Second, 17, 19, 0, 59) || t.Micro < 0 || t.Micro > 999999 {
		return Time{}, false
	}
	return t, true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// fractionAndZone reads what follows the seconds: a fraction and an offset from UTC
// (lines 523–549).
func fractionAndZone(v []rune) (microsecond int, zoned bool, offset int) {
	rest := string(v[19:])
	if v[19] != '.' {
		offset, zoned = offsetOf(rest)
		return 0, zoned, offset
	}
	fraction, zone := rest[1:], ""
	switch i := strings.IndexByte(fraction, '+'); {
	case v[len(v)-1] == 'Z' || v[len(v)-1] == 'z':
		fraction, zone = fraction[:len(fraction)-1], "Z"
	case i >= 0:
		fraction, zone = fraction[:i], fraction[i:]
	case strings.Contains(fraction, "-"):
		i = strings.IndexByte(fraction, '-')
		fraction, zone = fraction[:i], fraction[i:]
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

// offsetOf reads an offset from UTC (TomlTz in tz.py).
func offsetOf(zone string) (minutes int, ok bool) {
	if zone == "Z" {
		zone = "+00:00"
	}
	hours, hoursOK := decimal(cut(zone, 1, 3))
	minutes, minutesOK := decimal(cut(zone, 4, 6))
	if minutes += hours * 60; strings.HasPrefix(zone, "-") {
		minutes = -minutes
	}
	return minutes, hoursOK && minutesOK
}
