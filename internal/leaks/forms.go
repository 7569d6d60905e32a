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

// encoding is an encoding of strings. Each of its forms is the part that depends
// only on the string, so it can be searched for inside a longer encoded string.
type encoding struct {
	forms func(s string) []string
	// hidesWords is true if word boundaries are not visible in the encoded string.
	hidesWords bool
}

var encodings = []encoding{
	{forms: func(s string) []string { return []string{s} }},
	{forms: JSONForms},
	{forms: goForms},
	{forms: pythonForms},
	{forms: percentForms},
	{forms: base64Forms, hidesWords: true},
	{forms: hexForms, hidesWords: true},
}

// form is an encoded string.
type form struct {
	text       string
	hidesWords bool
}

// allForms returns s in each encoding, and in each encoding inside another, without
// duplicates.
func allForms(s string) []form {
	var all []form
	seen := map[string]bool{}
	for _, once := range encodeOnce(form{text: s}) {
		for _, twice := range encodeOnce(once) {
			if !seen[twice.text] {
				seen[twice.text] = true
				all = append(all, twice)
			}
		}
	}
	return all
}

// encodeOnce returns f in each encoding, without duplicates.
func encodeOnce(f form) []form {
	var all []form
	for _, e := range encodings {
		for _, text := range e.forms(f.text) {
			next := form{text, f.hidesWords || e.hidesWords}
			if !slices.Contains(all, next) {
				all = append(all, next)
			}
		}
	}
	return all
}

// JSONForms returns the forms in which Go, JavaScript and Python write s as a JSON
// string, without the quotation marks.
func JSONForms(s string) []string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s)
	minimal := strings.TrimSuffix(strings.TrimPrefix(b.String(), `"`), "\"\n")
	html := htmlEscaper.Replace(minimal)
	return []string{
		minimal, html,
		escapeToASCII(minimal, "%04x"), escapeToASCII(html, "%04x"), escapeToASCII(minimal, "%04X"),
		strings.ReplaceAll(minimal, "/", `\/`),
	}
}

// htmlEscaper escapes what [json.Marshal] escapes for HTML.
var htmlEscaper = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`)

// escapeToASCII escapes all but printable ASCII, as Python's json.dumps does. Digits
// formats the hexadecimal digits.
func escapeToASCII(s, digits string) string {
	return replaceNonASCII(s, func(r rune) string {
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u`+digits, unit)
		}
		return b.String()
	})
}

// replaceNonASCII replaces each character that is not printable ASCII.
func replaceNonASCII(s string, replacement func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		if ' ' <= r && r <= '~' {
			b.WriteRune(r)
		} else {
			b.WriteString(replacement(r))
		}
	}
	return b.String()
}

func goForms(s string) []string {
	quoted, ascii := strconv.Quote(s), strconv.QuoteToASCII(s)
	return []string{quoted[1 : len(quoted)-1], ascii[1 : len(ascii)-1]}
}

// pythonForms returns repr() and ascii() of the string and repr() of its bytes. Python
// escapes a ' only if the string in the log also holds a ".
func pythonForms(s string) []string {
	const both = `'"`
	var forms []string
	for _, end := range []string{"", both} {
		text := pyliteral.Repr(s + end)
		text = strings.TrimSuffix(text[1:len(text)-1], strings.ReplaceAll(end, "'", `\'`))
		bytes := pyliteral.Repr([]byte(s + end))
		bytes = strings.TrimSuffix(bytes[2:len(bytes)-1], strings.ReplaceAll(end, "'", `\'`))
		forms = append(forms, text, replaceNonASCII(text, pythonEscape), bytes)
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

// percentForms returns the forms of Go's net/url, Python's urllib and JavaScript, and
// one with every byte encoded, each with digits of either case.
func percentForms(s string) []string {
	path, query := url.PathEscape(s), url.QueryEscape(s)
	python := strings.ReplaceAll(strings.ReplaceAll(query, "+", "%20"), "%2F", "/")
	all := strings.ReplaceAll(python, "/", "%2F")
	forms := []string{
		path, query, python, all, componentReplacer.Replace(all), paramsReplacer.Replace(query),
		strings.ToUpper(percentEncodeAll(s)),
	}
	for _, form := range forms {
		forms = append(forms, lowerPercentDigits(form))
	}
	return forms
}

// These replace the escapes in which JavaScript's encodeURIComponent and
// URLSearchParams differ from Go's url.QueryEscape.
var (
	componentReplacer = strings.NewReplacer("%21", "!", "%2A", "*", "%27", "'", "%28", "(", "%29", ")")
	paramsReplacer    = strings.NewReplacer("~", "%7E", "%2A", "*")
)

func percentEncodeAll(s string) string {
	return strings.ReplaceAll(fmt.Sprintf("% x", "\x00"+s)[2:], " ", "%")
}

// lowerPercentDigits writes the digits of percent-encoding in lower case.
func lowerPercentDigits(s string) string {
	parts := strings.Split(s, "%")
	for i, part := range parts[1:] {
		parts[i+1] = strings.ToLower(part[:2]) + part[2:]
	}
	return strings.Join(parts, "%")
}

// base64Forms returns the digits that depend only on s, for each of the three positions
// in a group of bytes at which s may begin, in both alphabets.
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

func hexForms(s string) []string {
	lower := hex.EncodeToString([]byte(s))
	return []string{lower, strings.ToUpper(lower)}
}
