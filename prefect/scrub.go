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

// cleaner takes the values of a request, and the key, out of the errors of that
// request. Many of them may have one text.
type cleaner struct {
	client   *Client
	secrets  []NamedValue
	scrubber *scrubber // nil before the first error
}

func (c *cleaner) clean(err error) error {
	e, ok := err.(*APIError)
	if !ok {
		return err
	}
	if c.scrubber == nil {
		c.scrubber = newScrubber(c.client.sender.key(), c.secrets)
	}
	if c.client.knownMessages {
		e = e.withKnownText()
	}
	clean := *e
	if !e.omitted {
		clean.Message = c.scrubber.scrub(e.Message)
	}
	return &clean
}

// cleaned takes the key out of the error of a request that sent no values.
func (c *Client) cleaned(err error) error {
	cleaner := cleaner{client: c}
	return cleaner.clean(err)
}

// scrubber takes the secrets of a request out of texts that the server sent: each
// value, each string and number inside it, and the key, however they are written. It
// is for one goroutine.
type scrubber struct {
	forms  []string // the longest first
	finder func() *leaks.Finder
	done   map[string]string // by the server's text
}

func newScrubber(key string, secrets []NamedValue) *scrubber {
	s := &scrubber{done: map[string]string{}}
	values := []Value{TextValue(key)}
	for _, secret := range secrets {
		values = append(values, secret.Value)
	}
	var search []leaks.Secret
	for _, v := range values {
		raw := v.Reveal()
		s.forms = append(s.forms, string(raw))
		s.forms = append(s.forms, formsOf(raw, maxInner)...)
		search = append(search, leaks.Secret{Value: raw})
		if inner, ok := innerJSON(v.RevealText()); ok {
			search = append(search, leaks.Secret{Value: inner})
		}
	}
	slices.SortFunc(s.forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	s.forms = slices.Compact(s.forms)
	s.finder = sync.OnceValue(func() *leaks.Finder { return leaks.NewFinder(search) })
	return s
}

// scrub returns the text without the secrets. A text that still holds one, in an
// encoding that is not among the forms, is redacted completely.
func (s *scrubber) scrub(text string) string {
	if clean, ok := s.done[text]; ok || text == "" {
		return clean
	}
	clean := text
	for _, form := range s.forms {
		clean = redactForm(clean, form)
	}
	for _, form := range s.forms {
		clean = redactParts(clean, form)
	}
	if knownMessage(clean) != clean && len(s.finder().Names([]byte(clean))) > 0 {
		clean = redacted
	}
	s.done[text] = clean
	return clean
}

// shortForm is the length in bytes below which a form is redacted only as a word of
// its own: a value "e" would otherwise redact every e.
const shortForm = 4

func redactForm(text, form string) string {
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

// How many bytes of a form are redacted: next to dots, which say that there is more,
// and anywhere.
const (
	dottedPart = 3
	anyPart    = 12
)

var dots = regexp.MustCompile(`["')\]]?\s?(\.{2,}|…)`)

// redactParts redacts the beginning of a form that was cut short, and its end if its
// middle was left out.
func redactParts(text, form string) string {
	if len(form) > anyPart {
		if at := strings.Index(text, form[:anyPart]); at >= 0 {
			n := commonPrefix(text[at:], form)
			text = text[:at] + redacted + redactParts(text[at+n:], form)
		}
	}
	for _, mark := range slices.Backward(dots.FindAllStringIndex(text, -1)) {
		before, after := text[:mark[0]], text[mark[1]:]
		text = redactEnd(before, form) + text[mark[0]:mark[1]] + redactStart(after, form)
	}
	return text
}

// redactStart redacts the longest end of the form that the text begins with.
func redactStart(text, form string) string {
	for n := min(len(form), len(text)); n >= dottedPart; n-- {
		if strings.HasSuffix(form, text[:n]) {
			return redacted + text[n:]
		}
	}
	return text
}

// redactEnd redacts the longest beginning of the form that the text ends with.
func redactEnd(text, form string) string {
	for n := min(len(form), len(text)); n >= dottedPart; n-- {
		if strings.HasSuffix(text, form[:n]) {
			return text[:len(text)-n] + redacted
		}
	}
	return text
}

// commonPrefix returns how many bytes both begin with.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// maxInner bounds how many times JSON in a string of other JSON is looked into.
const maxInner = 4

// innerJSON returns a text as JSON, if it is JSON: this package and its callers
// quote a text that Prefect would read as something else.
func innerJSON(text string) (json.RawMessage, bool) {
	return json.RawMessage(text), text != "" && json.Valid([]byte(text))
}

// formsOf returns the forms in which a message may write what raw JSON holds.
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

// quotations returns the forms in which a message may quote a string: raw, as JSON,
// in a URL, in base64, and line by line.
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
