package leaks

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
)

// encoding is one way to write a string. Each result is the part that depends on
// the string alone, so it can be searched for inside a longer encoded string.
type encoding struct {
	forms func(s string) []string
	// opaque encodings hide the word boundaries of what they encode.
	opaque bool
}

var encodings = []encoding{
	{forms: func(s string) []string { return []string{s} }},
	{forms: JSONForms},
	{forms: goForms},
	{forms: pythonForms},
	{forms: percentForms},
	{forms: base64Forms, opaque: true},
	{forms: func(s string) []string { h := hex.EncodeToString([]byte(s)); return []string{h, strings.ToUpper(h)} }, opaque: true},
}

// form is an encoded string.
type form struct {
	text   string
	opaque bool
}

// formsOf returns s in each encoding, and in each inside another one, each once.
func formsOf(s string) []form {
	var all []form
	known := map[string]bool{}
	for _, once := range inOneEncoding(form{text: s}) {
		for _, twice := range inOneEncoding(once) {
			if !known[twice.text] {
				known[twice.text] = true
				all = append(all, twice)
			}
		}
	}
	return all
}

func inOneEncoding(f form) []form {
	var all []form
	for _, e := range encodings {
		for _, text := range e.forms(f.text) {
			next := form{text, f.opaque || e.opaque}
			if !slices.Contains(all, next) {
				all = append(all, next)
			}
		}
	}
	return all
}

// JSONForms are the ways in which Go, JavaScript and Python write a string of JSON,
// without its quotation marks.
func JSONForms(s string) []string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s)
	plain := strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
	html := inHTML.Replace(plain)
	return []string{
		plain, html, inASCII(plain, "%04x"), inASCII(html, "%04x"), inASCII(plain, "%04X"), strings.ReplaceAll(plain, "/", `\/`),
	}
}

// inHTML escapes what [json.Marshal] escapes.
var inHTML = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`)

// inASCII escapes what Python's json.dumps escapes beside.
func inASCII(s, digits string) string {
	return escape(s, func(r rune) string {
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u`+digits, unit)
		}
		return b.String()
	})
}

// escape replaces each character that is not printable ASCII.
func escape(s string, with func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if ' ' <= r && r <= '~' {
			b.WriteRune(r)
		} else {
			b.WriteString(with(r))
		}
	}
	return b.String()
}

func goForms(s string) []string {
	quoted, ascii := strconv.Quote(s), strconv.QuoteToASCII(s)
	return []string{quoted[1 : len(quoted)-1], ascii[1 : len(ascii)-1]}
}

// pythonForms are repr() and ascii() of the string and repr() of its bytes. Python
// escapes a ' only where the whole string also holds a ".
func pythonForms(s string) []string {
	const both = `'"`
	var forms []string
	for _, end := range []string{"", both} {
		text := pyliteral.Repr(s + end)
		text = strings.TrimSuffix(text[1:len(text)-1], strings.ReplaceAll(end, "'", `\'`))
		bytes := pyliteral.Repr([]byte(s + end))
		bytes = strings.TrimSuffix(bytes[2:len(bytes)-1], strings.ReplaceAll(end, "'", `\'`))
		forms = append(forms, text, escape(text, pythonEscape), bytes)
	}
	return forms
}

func pythonEscape(r rune) string {
	switch {
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}

// percentForms are what Go's net/url, Python's urllib and JavaScript write, with
// digits of either case, and every byte encoded.
func percentForms(s string) []string {
	path, query := url.PathEscape(s), url.QueryEscape(s)
	python := strings.ReplaceAll(strings.ReplaceAll(query, "+", "%20"), "%2F", "/")
	all := strings.ReplaceAll(python, "/", "%2F")
	forms := []string{path, query, python, all, inComponent.Replace(all), inParams.Replace(query), strings.ToUpper(everyByte(s))}
	for _, form := range forms {
		forms = append(forms, lowerDigits(form))
	}
	return forms
}

// JavaScript's encodeURIComponent and URLSearchParams differ from Go's query.
var (
	inComponent = strings.NewReplacer("%21", "!", "%2A", "*", "%27", "'", "%28", "(", "%29", ")")
	inParams    = strings.NewReplacer("~", "%7E", "%2A", "*")
)

func everyByte(s string) string {
	return strings.ReplaceAll(fmt.Sprintf("% x", "\x00"+s)[2:], " ", "%")
}

// lowerDigits writes the digits of percent-encoding in lower case.
func lowerDigits(s string) string {
	parts := strings.Split(s, "%")
	for i, part := range parts[1:] {
		parts[i+1] = strings.ToLower(part[:2]) + part[2:]
	}
	return strings.Join(parts, "%")
}

// base64Forms are the digits that depend on s alone where it begins at each of the
// three places in a group of bytes, in both alphabets.
func base64Forms(s string) []string {
	var forms []string
	for before := range 3 {
		from, to := (before*8+5)/6, (before+len(s))*8/6
		padded := append(make([]byte, before), s...)
		forms = append(forms,
			base64.RawStdEncoding.EncodeToString(padded)[from:to],
			base64.RawURLEncoding.EncodeToString(padded)[from:to])
	}
	return forms
}
