package tomlpos

import "time"

// classifyTime returns the kind of a date or time, or the problem with it.
func classifyTime(word string) (Kind, Problem) {
	if len(word) > 2 && word[2] == ':' {
		return localTime(word)
	}
	if len(word) < 10 || !isDate(word[:10]) || !dateExists(word[:10]) {
		return 0, BadDate
	}
	if len(word) == 10 {
		return LocalDate, 0
	}
	if c := word[10]; c != ' ' && c != 'T' && c != 't' {
		return 0, BadDate
	}
	clock, zone := splitZone(word[11:])
	if _, problem := localTime(clock); problem != 0 {
		return 0, problem
	}
	if zone == "" {
		return LocalDateTime, 0
	}
	if !zoneExists(zone) {
		return 0, BadDate
	}
	return OffsetDateTime, 0
}

// isDate reports whether a text has the shape of a date, such as 1979-05-27.
func isDate(text string) bool { return hasShape(text, "0000-00-00") }

// hasShape reports whether a text equals shape but for the digits in place of its zeros.
func hasShape(text, shape string) bool {
	if len(text) != len(shape) {
		return false
	}
	for i := range len(text) {
		if shape[i] == '0' && !isDigit(text[i]) || shape[i] != '0' && text[i] != shape[i] {
			return false
		}
	}
	return true
}

func dateExists(date string) bool {
	_, err := time.Parse(time.DateOnly, date)
	return err == nil
}

// splitZone splits 07:32:00Z or 07:32:00+01:00 before the zone.
func splitZone(word string) (clock, zone string) {
	for i := range len(word) {
		switch word[i] {
		case 'Z', 'z', '+', '-':
			return word[:i], word[i:]
		}
	}
	return word, ""
}

func zoneExists(zone string) bool {
	return zone == "Z" || zone == "z" || hasShape(zone[1:], "00:00") && less(zone[1:3], "24") && less(zone[4:6], "60")
}

// localTime returns the kind of a time such as 07:32:00 or 07:32:00.5, or the problem
// with it.
func localTime(word string) (Kind, Problem) {
	if len(word) < 5 || !hasShape(word[:5], "00:00") || !less(word[:2], "24") || !less(word[3:5], "60") {
		return 0, BadDate
	}
	if len(word) == 5 {
		return 0, NoSeconds
	}
	if len(word) < 8 || !hasShape(word[5:8], ":00") || !less(word[6:8], "60") {
		return 0, BadDate
	}
	if rest := word[8:]; rest != "" && !decimals(rest) {
		return 0, BadDate
	}
	return LocalTime, 0
}

// less compares two numbers with the same number of digits.
func less(number, limit string) bool { return number < limit }

// decimals reports whether a text is a point followed by digits.
func decimals(text string) bool {
	if len(text) < 2 || text[0] != '.' {
		return false
	}
	for i := 1; i < len(text); i++ {
		if !isDigit(text[i]) {
			return false
		}
	}
	return true
}
