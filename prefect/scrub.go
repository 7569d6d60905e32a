package prefect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// scrubbed takes the secrets of a request out of a text that the server sent:
// each value, each text and number inside it, and the key, raw and as JSON.
func (c *Client) scrubbed(text string, values ...Value) string {
	if text == "" {
		return ""
	}
	forms := quotations(c.sender.key())
	for _, v := range values {
		raw := v.Reveal()
		forms = append(forms, string(raw))
		if v, err := decoded(raw); err == nil {
			forms = append(forms, leaves(v)...)
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, form := range slices.Compact(forms) {
		text = takeOut(text, form)
	}
	return text
}

// shortForm is the length in bytes below which a form is taken out only where it
// stands alone: a value "e" would otherwise blank every e.
const shortForm = 4

func takeOut(text, form string) string {
	switch {
	case form == "":
		return text
	case len(form) >= shortForm:
		return strings.ReplaceAll(text, form, redacted)
	default:
		alone := regexp.MustCompile(`(^|[^\pL\pN])` + regexp.QuoteMeta(form) + `($|[^\pL\pN])`)
		return alone.ReplaceAllString(text, "${1}"+redacted+"${2}")
	}
}

func leaves(v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var all []string
		for _, inner := range v {
			all = append(all, leaves(inner)...)
		}
		return all
	case []any:
		var all []string
		for _, inner := range v {
			all = append(all, leaves(inner)...)
		}
		return all
	case string:
		return quotations(v)
	default:
		return []string{fmt.Sprint(v)}
	}
}

// quotations are the ways in which a message quotes text: raw, and between
// quotation marks as encoding/json and as JSON.stringify escape it.
func quotations(text string) []string {
	escaped, _ := json.Marshal(text)
	plain := TextValue(text).Reveal()
	forms := []string{text, string(escaped[1 : len(escaped)-1]), string(plain[1 : len(plain)-1])}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= shortForm {
			forms = append(forms, line)
		}
	}
	return forms
}
