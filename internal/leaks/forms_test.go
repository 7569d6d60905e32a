package leaks_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

var values = map[string]string{
	"plain":    "correct-horse-battery",
	"special":  `p4$$ w"o'r<d>&\x+/=%41`,
	"unicode":  "pässwörd-日本-🔑",
	"json":     `{"user": "reporter", "password": "correct horse"}`,
	"url":      "https://hooks.example.com/services/T000/B000?a=b&c=d e",
	"short":    "sécrèt",
	"newlines": "line one of the key\nline two of the key\n",
	"control":  "tab\tand\u0001control\u007f\a\b\f\v end",
}

// encodings are the encodings of values in a log.
var encodings = map[string]func(string) string{
	"raw":                func(s string) string { return s },
	"json":               marshalled,
	"json without HTML":  marshalledPlainly,
	"json in ASCII":      ascii,
	"go %q":              strconv.Quote,
	"go %+q":             strconv.QuoteToASCII,
	"query":              url.QueryEscape,
	"path":               url.PathEscape,
	"lower-case percent": func(s string) string { return lowerPercent(url.PathEscape(s)) },
	"every byte percent": everyByte,
	"base64":             func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 raw":         func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url":          func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64, second":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte("u:" + s + "!")) },
	"base64, third":      func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("u" + s + "!!")) },
	"base64 in a path":   func(s string) string { return "/a/b/" + base64.StdEncoding.EncodeToString([]byte(s)) + "/c" },
	"hex":                func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":                func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"hex, odd":           func(s string) string { return "f" + hex.EncodeToString([]byte(s)) },
}

// layouts are what a log may do to a value, encoded or not. Of encodings after them
// only JSON is found.
var layouts = map[string]func(string) string{
	"in lines":         func(s string) string { return wrap(s, 5, "\n") },
	"in lines in json": func(s string) string { return marshalled(wrap(s, 7, "\n")) },
	"indented":         func(s string) string { return wrap(s, 5, "\r\n    ") },
}

func marshalled(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func marshalledPlainly(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return b.String()
}

// ascii encodes s as Python's json.dumps does.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range marshalled(s) {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		}
	}
	return b.String()
}

func lowerPercent(s string) string {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' {
			s = s[:i] + strings.ToLower(s[i:i+3]) + s[i+3:]
		}
	}
	return s
}

func everyByte(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func wrap(s string, width int, separator string) string {
	var parts []string
	for part := range slices.Chunk([]rune(s), width) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, separator)
}

func TestEveryTwoFormsAreFound(t *testing.T) {
	for name, value := range values {
		for inner, encodeInner := range encodings {
			for outer, encodeOuter := range encodings {
				checkOnlyS(t, name+" as "+inner+" as "+outer, encodeOuter(encodeInner(value)), value)
			}
		}
	}
}

func TestEveryFormIsFoundAcrossLines(t *testing.T) {
	for _, name := range []string{"plain", "special", "unicode", "json", "url", "short", "newlines"} {
		value := values[name]
		for encoding, encode := range encodings {
			for layout, format := range layouts {
				checkOnlyS(t, name+" as "+encoding+" "+layout, format(encode(value)), value)
			}
		}
	}
}

func TestSeparatedHexadecimalIsFound(t *testing.T) {
	for name, value := range values {
		for _, separator := range []string{":", " ", "-", "\n"} {
			checkOnlyS(t, name+" with "+separator, wrap(hex.EncodeToString([]byte(value)), 2, separator), value)
		}
	}
}

var finders = map[string]*leaks.Finder{}

// checkOnlyS checks that a finder of value, the secret S, and of another secret finds S
// in a log that holds form.
func checkOnlyS(t *testing.T, what, form, value string) {
	t.Helper()
	if finders[value] == nil {
		finders[value] = leaks.NewFinder([]leaks.Secret{text("S", value), text("OTHER", "another-secret-value")})
	}
	log := "an innocent line\nbefore " + form + " after\nand another"
	if got := finders[value].Names([]byte(log)); !slices.Equal(got, []string{"S"}) {
		t.Errorf("%s: found %v in\n%s", what, got, log)
	}
}

// What Node.js 20 prints of a value.
func TestFormsOfJavaScript(t *testing.T) {
	const value = "pa$$ w\"o'r<d>&\\x+/=%41 日🔑(!*~)"
	for form, log := range map[string]string{
		"JSON.stringify(s)":                      `"pa$$ w\"o'r<d>&\\x+/=%41 日🔑(!*~)"`,
		"JSON.stringify(JSON.stringify({v: s}))": `"{\"v\":\"pa$$ w\\\"o'r<d>&\\\\x+/=%41 日🔑(!*~)\"}"`,
		"util.inspect(Buffer.from(s))":           `<Buffer 70 61 24 24 20 77 22 6f 27 72 3c 64 3e 26 5c 78 2b 2f 3d 25 34 31 20 e6 97 a5 f0 9f 94 91 28 21 2a 7e 29>`,
		"encodeURIComponent(s)":                  `pa%24%24%20w%22o'r%3Cd%3E%26%5Cx%2B%2F%3D%2541%20%E6%97%A5%F0%9F%94%91(!*~)`,
		"new URLSearchParams({v: s})":            `v=pa%24%24+w%22o%27r%3Cd%3E%26%5Cx%2B%2F%3D%2541+%E6%97%A5%F0%9F%94%91%28%21*%7E%29`,
		"Buffer.from(s).toString('base64url')":   `cGEkJCB3Im8ncjxkPiZceCsvPSU0MSDml6Xwn5SRKCEqfik`,
	} {
		checkOnlyS(t, form, log, value)
	}
}
