package leaks_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
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

// encodings are what a log may have made of a value.
var encodings = map[string]func(string) string{
	"raw":                 func(s string) string { return s },
	"json":                marshalled,
	"json without HTML":   marshalledPlainly,
	"json in ASCII":       ascii,
	"json in json":        func(s string) string { return marshalled(marshalled(s)) },
	"json in json, ASCII": func(s string) string { return ascii(ascii(s)) },
	"go %q":               strconv.Quote,
	"go %+q":              strconv.QuoteToASCII,
	"javascript":          template.JSEscapeString,
	"query":               url.QueryEscape,
	"path":                url.PathEscape,
	"lower-case percent":  func(s string) string { return lowerPercent(url.PathEscape(s)) },
	"every byte percent":  everyByte,
	"query of json":       func(s string) string { return url.QueryEscape(marshalled(s)) },
	"base64":              func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 raw":          func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url":           func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64, second":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte("u:" + s + "!")) },
	"base64, third":       func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("u" + s + "!!")) },
	"base64 in a path":    func(s string) string { return "/a/b/" + base64.StdEncoding.EncodeToString([]byte(s)) + "/c" },
	"base64 of json":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(`{"v":` + marshalled(s) + `}`)) },
	"base64 in a query":   func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	"base64 in lines":     func(s string) string { return wrap(base64.StdEncoding.EncodeToString([]byte(s)), 5, "\n") },
	"base64 in json":      func(s string) string { return marshalled(wrap(base64.StdEncoding.EncodeToString([]byte(s)), 7, "\n")) },
	"hex":                 func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":                 func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"hex, odd":            func(s string) string { return "f" + hex.EncodeToString([]byte(s)) },
	"hex in json":         func(s string) string { return marshalled(wrap(hex.EncodeToString([]byte(s)), 7, "\n")) },
	"hex with colons":     func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 2, ":") },
	"hex with blanks":     func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 2, " ") },
	"wrapped":             func(s string) string { return wrap(s, 5, "\r\n    ") },
	"wrapped in json":     func(s string) string { return marshalled(wrap(s, 5, "\n")) },
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

// ascii is what json.dumps of Python writes.
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

func TestEveryFormIsFound(t *testing.T) {
	for name, value := range values {
		for form, encode := range encodings {
			checkOnlyS(t, name+" as "+form, encode(value), value)
		}
	}
}

// Four decodings in a row are enough for any two forms.
func TestEveryTwoFormsAreFound(t *testing.T) {
	for name, value := range values {
		for inner, first := range encodings {
			for outer, second := range encodings {
				checkOnlyS(t, name+" as "+inner+" as "+outer, second(first(value)), value)
			}
		}
	}
}

func checkOnlyS(t *testing.T, what, form, value string) {
	t.Helper()
	log := "an innocent line\nbefore " + form + " after\nand another"
	if got := names(log, text("S", value), text("OTHER", "another-secret-value")); !slices.Equal(got, []string{"S"}) {
		t.Errorf("%s: found %v in\n%s", what, got, log)
	}
}

// What Node.js 20 prints of a value.
func TestFormsOfJavaScript(t *testing.T) {
	const value = "pa$$ w\"o'r<d>&\\x+/=%41 日🔑(!*~)"
	for form, log := range map[string]string{
		"JSON.stringify(s)":                      `"pa$$ w\"o'r<d>&\\x+/=%41 日🔑(!*~)"`,
		"JSON.stringify(JSON.stringify({v: s}))": `"{\"v\":\"pa$$ w\\\"o'r<d>&\\\\x+/=%41 日🔑(!*~)\"}"`,
		"util.inspect({v: s})":                   "{ v: `pa$$ w\"o'r<d>&\\\\x+/=%41 日🔑(!*~)` }",
		"util.inspect(Buffer.from(s))":           `<Buffer 70 61 24 24 20 77 22 6f 27 72 3c 64 3e 26 5c 78 2b 2f 3d 25 34 31 20 e6 97 a5 f0 9f 94 91 28 21 2a 7e 29>`,
		"encodeURIComponent(s)":                  `pa%24%24%20w%22o'r%3Cd%3E%26%5Cx%2B%2F%3D%2541%20%E6%97%A5%F0%9F%94%91(!*~)`,
		"new URLSearchParams({v: s})":            `v=pa%24%24+w%22o%27r%3Cd%3E%26%5Cx%2B%2F%3D%2541+%E6%97%A5%F0%9F%94%91%28%21*%7E%29`,
		"Buffer.from(s).toString('base64url')":   `cGEkJCB3Im8ncjxkPiZceCsvPSU0MSDml6Xwn5SRKCEqfik`,
	} {
		checkOnlyS(t, form, log, value)
	}
}

// What xxd prints, and [hex.Dump], which prints what hexdump -C does.
func TestDumps(t *testing.T) {
	for form, log := range map[string]string{
		"xxd": "00000000: 7573 6572 3a63 6f72 7265 6374 2d68 6f72  user:correct-hor\n" +
			"00000010: 7365 2d62 6174 7465 7279 0a              se-battery.\n",
		"xxd of what begins with digits": "00000000: 6465 6164 6669 7368 3a63 6f72 7265 6374  deadfish:correct\n" +
			"00000010: 2d68 6f72 7365 2d62 6174 7465 7279       -horse-battery\n",
		"hexdump -C":      hex.Dump([]byte("user:correct-horse-battery\n")),
		"hexdump -C of |": hex.Dump([]byte(" | abcdef |correct-horse-battery|")),
		"in JSON":         marshalled(hex.Dump([]byte("user:correct-horse-battery"))),
	} {
		checkOnlyS(t, form, "\n"+log, values["plain"])
	}
	apart := hex.Dump([]byte("user:correct-hor")) + "a line between\n" + hex.Dump([]byte("se-battery"))
	if got := names(apart, text("S", values["plain"])); len(got) != 0 {
		t.Errorf("found %v in two dumps", got)
	}
}
