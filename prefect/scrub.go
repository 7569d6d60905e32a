package prefect

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// scrubber takes the secrets of a request out of texts that the server sent: each
// value, each string and number inside it, and the key, however they are written.
// It is for one goroutine.
type scrubber struct {
	forms  []string // the longest first
	finder func() *leaks.Finder
	done   map[string]string
}

func (c *Client) scrubber(values []Value) *scrubber {
	s := &scrubber{done: map[string]string{}}
	var secrets []leaks.Secret
	for _, v := range append([]Value{TextValue(c.sender.key())}, values...) {
		raw := v.Reveal()
		s.forms = append(s.forms, string(raw))
		s.forms = append(s.forms, formsOf(raw, maxInner)...)
		secrets = append(secrets, leaks.Secret{Value: raw})
		if inner, ok := innerJSON(v.RevealText()); ok {
			secrets = append(secrets, leaks.Secret{Value: inner})
		}
	}
	slices.SortFunc(s.forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	s.forms = slices.Compact(s.forms)
	s.finder = sync.OnceValue(func() *leaks.Finder { return leaks.NewFinder(secrets) })
	return s
}

// scrub is the text without them. One that still holds a value, in an encoding that
// is not a form, is dropped.
func (s *scrubber) scrub(text string) string {
	if clean, ok := s.done[text]; ok || text == "" {
		return clean
	}
	clean := text
	for _, form := range s.forms {
		clean = takeOut(clean, form)
	}
	for _, form := range s.forms {
		clean = takeOutParts(clean, form)
	}
	if knownMessage(clean) != clean && len(s.finder().Names([]byte(clean))) > 0 {
		clean = redacted
	}
	s.done[text] = clean
	return clean
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

// Parts of a form are taken out from so many bytes on: beside dots that say that
// there is more, and anywhere.
const (
	dottedPart = 3
	anyPart    = 12
)

var dots = regexp.MustCompile(`["')\]]?\s?(\.{2,}|…)`)

// takeOutParts takes out the beginning of a form that was cut short, and its end
// where its middle was left out.
func takeOutParts(text, form string) string {
	if len(form) > anyPart {
		if at := strings.Index(text, form[:anyPart]); at >= 0 {
			n := common(text[at:], form)
			text = text[:at] + redacted + takeOutParts(text[at+n:], form)
		}
	}
	for _, mark := range slices.Backward(dots.FindAllStringIndex(text, -1)) {
		before, after := text[:mark[0]], text[mark[1]:]
		for n := min(len(form), len(after)); n >= dottedPart; n-- {
			if strings.HasSuffix(form, after[:n]) {
				after = redacted + after[n:]
				break
			}
		}
		for n := min(len(form), len(before)); n >= dottedPart; n-- {
			if strings.HasSuffix(before, form[:n]) {
				before = before[:len(before)-n] + redacted
				break
			}
		}
		text = before + text[mark[0]:mark[1]] + after
	}
	return text
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// maxInner bounds how often JSON stands in a string of other JSON.
const maxInner = 4

// innerJSON is the JSON that a text is: this package and its callers quote a text
// that Prefect would read as something else.
func innerJSON(text string) (json.RawMessage, bool) {
	return json.RawMessage(text), text != "" && json.Valid([]byte(text))
}

// formsOf are the ways in which a message may write what raw JSON holds.
func formsOf(raw json.RawMessage, depth int) []string {
	v, err := decoded(raw)
	if err != nil {
		return nil
	}
	return leaves(v, depth)
}

func leaves(v any, depth int) []string {
	var all []string
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			all = append(all, leaves(inner, depth)...)
		}
	case []any:
		for _, inner := range v {
			all = append(all, leaves(inner, depth)...)
		}
	case string:
		all = quotations(v)
		if inner, ok := innerJSON(v); ok && depth > 0 {
			all = append(all, formsOf(inner, depth-1)...)
		}
	default:
		all = []string{fmt.Sprint(v)}
	}
	return all
}

// quotations are the ways in which a message quotes text: raw, as JSON, in a URL, in
// base64, and line by line.
func quotations(text string) []string {
	forms := append([]string{text}, leaks.JSONForms(text)...)
	if len(text) >= shortForm {
		forms = append(forms, url.QueryEscape(text), url.PathEscape(text),
			base64.RawStdEncoding.EncodeToString([]byte(text)), base64.RawURLEncoding.EncodeToString([]byte(text)))
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= shortForm {
			forms = append(forms, line)
		}
	}
	return forms
}
