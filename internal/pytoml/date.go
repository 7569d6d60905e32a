package pytoml

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// timePattern is TIME_RE. It is matched at the beginning of a value.
var timePattern = lazyregexp.New(`^([0-9]{2}):([0-9]{2}):([0-9]{2})(\.([0-9]{3,6}))?`)

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
	clock, _ := bounds(text, 10, 0)
	fraction, _ := bounds(text, 19, 0)
	if fraction < len(text) {
		t.Micro, t.Zoned, t.Offset = fractionAndZone(text[fraction:])
	}
	if _, first := utf8.DecodeRuneInString(text); strings.IndexByte(text[first:], '-') < 0 {
		return Time{}, false
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
	if clock == len(text) && utf8.RuneCountInString(text) == 10 {
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
func fractionAndZone(rest string) (microsecond int, zoned bool, offset int) {
	if rest[0] != '.' {
		offset, zoned = offsetOf(rest)
		return 0, zoned, offset
	}
	fraction, zone := rest[1:], ""
	sign := strings.IndexByte(fraction, '+')
	if sign < 0 {
		sign = strings.IndexByte(fraction, '-')
	}
	switch last := rest[len(rest)-1]; {
	case last == 'Z' || last == 'z':
		fraction, zone = rest[1:max(1, len(rest)-1)], "Z"
	case sign >= 0:
		fraction, zone = fraction[:sign], fraction[sign:]
	}
	if zone != "" {
		if offset, zoned = offsetOf(zone); !zoned {
			return 0, false, 0
		}
	}
	if microsecond, ok := microseconds(fraction); ok {
		return microsecond, zoned, offset
	}
	return 0, false, 0
}

// microseconds returns the fraction of a second as Python has it: a whole number, times
// a power of ten. It counts the characters around the digits, too.
func microseconds(fraction string) (n int, ok bool) {
	digits, ok := withoutUnderscores(numeral(fraction))
	if whole := strings.TrimLeft(digits, "+-"); !ok || strings.Trim(whole, "0123456789") != "" ||
		whole == "" || len(digits)-len(whole) > 1 || len(whole) > maxIntDigits {
		return 0, false
	}
	f, err := strconv.ParseFloat(digits, 64)
	shift := 6 - utf8.RuneCountInString(fraction)
	if err != nil && shift < 0 {
		raise("OverflowError")
	}
	return int(f * math.Pow10(shift)), true
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
