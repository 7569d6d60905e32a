package server

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// mediaRange is one element of an Accept header.
type mediaRange struct {
	kind, subtype string
	parameters    map[string]string
	weight        int // in thousandths
}

// prefersHTML reports whether an Accept header gives text/html a higher quality than
// the JSON of the API (RFC 9110, section 12.5.1). Equal qualities express no preference,
// whatever the order: the API answers then, and so without a header.
func prefersHTML(h http.Header) bool {
	var ranges []mediaRange
	for _, element := range listElements(strings.Join(h.Values("Accept"), ",")) {
		if r, ok := parseMediaRange(element); ok {
			ranges = append(ranges, r)
		}
	}
	return quality(ranges, "text", "html") > quality(ranges, "application", "json")
}

// quality returns the weight of the most specific range that matches a type in UTF-8,
// or 0.
func quality(ranges []mediaRange, kind, subtype string) int {
	best, weight := -1, 0
	for _, r := range ranges {
		specificity := r.specificity(kind, subtype)
		if specificity > best || specificity == best && r.weight > weight {
			best, weight = specificity, r.weight
		}
	}
	if best < 0 {
		return 0
	}
	return weight
}

// specificity returns how specific the range is, or -1 if it does not match.
func (r mediaRange) specificity(kind, subtype string) int {
	for name, value := range r.parameters {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return -1
		}
	}
	switch {
	case r.kind == kind && r.subtype == subtype:
		return 2 + len(r.parameters)
	case r.kind == kind && r.subtype == "*":
		return 1
	case r.kind == "*" && r.subtype == "*":
		return 0
	}
	return -1
}

// parseMediaRange parses an element of Accept. An invalid one is ignored by itself.
func parseMediaRange(element string) (mediaRange, bool) {
	media, parameters, err := mime.ParseMediaType(element)
	kind, subtype, found := strings.Cut(media, "/")
	if err != nil || !found {
		return mediaRange{}, false
	}
	weight, ok := 1000, true
	if text, given := parameters["q"]; given {
		weight, ok = parseWeight(text)
		delete(parameters, "q")
	}
	return mediaRange{kind, subtype, parameters, weight}, ok
}

// parseWeight parses a qvalue, 0 to 1 with at most three decimals, in thousandths.
func parseWeight(text string) (int, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if (whole != "0" && whole != "1") || len(fraction) > 3 || strings.Trim(fraction, "0123456789") != "" {
		return 0, false
	}
	weight, err := strconv.Atoi(whole + (fraction + "000")[:3])
	return weight, err == nil && weight <= 1000
}

// listElements splits a header's list at the commas that are outside quoted strings.
func listElements(list string) (elements []string) {
	begin, quoted := 0, false
	for i := 0; i < len(list); i++ {
		switch {
		case list[i] == '"':
			quoted = !quoted
		case list[i] == '\\' && quoted:
			i++
		case list[i] == ',' && !quoted:
			elements = append(elements, list[begin:i])
			begin = i + 1
		}
	}
	return append(elements, list[begin:])
}
