package pytoml

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeOfDay is looked for at the beginning of a value.
var timePattern = regexp.MustCompile(`^([0-9]{2}):([0-9]{2}):([0-9]{2})(\.([0-9]{3,6}))?`)

// clock is a time of day; its fraction is taken for microseconds, whatever its
// length.
func timeOf(m []string) Time {
	at := make([]int, 6)
	for i := range at {
		at[i], _ = strconv.Atoi(m[i])
	}
	if at[1] > 23 || at[2] > 59 || at[3] > 59 {
		refuse("hour, minute or second out of range")
	}
	return Time{HasClock: true, Hour: at[1], Minute: at[2], Second: at[3], Micro: at[5]}
}

// dateOf is a date, or a date and time.
func dateOf(text string) (t Time, ok bool) {
	v := []rune(text)
	if len(v) == 0 || !strings.Contains(string(v[1:]), "-") {
		return Time{}, false
	}
	if len(v) > 19 {
		t.Micro, t.Zoned, t.Offset = fractionAndZone(v)
	}
	part := func(into *int, from, to, least, most int) bool {
		n, ok := decimal(cut(text, from, to))
		*into = n
		return ok && least <= n && n <= most
	}
	t.HasDate = true
	if !part(&t.Year, 0, 4, 1, 9999) || !part(&t.Month, 5, 7, 1, 12) || !part(&t.Day, 8, 10, 1, daysIn(t.Year, t.Month)) {
		return Time{}, false
	}
	if len(v) == 10 {
		return t, true
	}
	t.HasClock = true
	if !part(&t.Hour, 11, 13, 0, 23) || !part(&t.Minute, 14, 16, 0, 59) || !part(&t.Second, 17, 19, 0, 59) || t.Micro < 0 || t.Micro > 999999 {
		return Time{}, false
	}
	return t, true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// zoneOf reads what follows the seconds: a fraction and an offset.
func fractionAndZone(v []rune) (microsecond int, zoned bool, offset int) {
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
