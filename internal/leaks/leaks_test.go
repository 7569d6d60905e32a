package leaks_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

func text(name, value string) leaks.Secret {
	raw, _ := json.Marshal(value)
	return leaks.Secret{Name: name, Value: raw}
}

func names(log string, secrets ...leaks.Secret) []string {
	return leaks.NewFinder(secrets).Names([]byte(log))
}

var values = map[string]string{
	"plain":    "correct-horse-battery",
	"special":  `p4$$ w"o'r<d>&\x+/=%41`,
	"unicode":  "pässwörd-日本-🔑",
	"json":     `{"user": "reporter", "password": "correct horse"}`,
	"url":      "https://hooks.example.com/services/T000/B000?a=b&c=d e",
	"short":    "sécrèt",
	"newlines": "line one of the key\nline two of the key\n",
	"control":  "tab\tand\u0001control\u007f end",
}

// encodings are what a log may have made of a value.
var encodings = map[string]func(string) string{
	"raw":  func(s string) string { return s },
	"json": marshalled,
	"json without HTML": func(s string) string {
		return strings.NewReplacer("\\u003c", "<", "\\u003e", ">", "\\u0026", "&").Replace(marshalled(s))
	},
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
	"hex with colons":     func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 2, ":") },
	"hex with blanks":     func(s string) string { return wrap(hex.EncodeToString([]byte(s)), 2, " ") },
	"wrapped":             func(s string) string { return wrap(s, 5, "\r\n    ") },
	"wrapped in json":     func(s string) string { return marshalled(wrap(s, 5, "\n")) },
}

func marshalled(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
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
			if value == values["short"] && strings.Contains(form, "wrapped") {
				continue // 8 bytes, of which some would be anybody's
			}
			log := "an innocent line\nbefore " + encode(value) + " after\nand another"
			if got := names(log, text("S", value), text("OTHER", "another-secret-value")); !slices.Equal(got, []string{"S"}) {
				t.Errorf("%s as %s: found %v", name, form, got)
			}
		}
	}
}

// What Python 3.11 prints of a value, byte for byte.
func TestFormsOfPython(t *testing.T) {
	const value = "pä'ss\"\n\\wörd-\u0001\U0001F511"
	for form, log := range map[string]string{
		"repr":       `'pä\'ss"\n\\wörd-\x01` + "\U0001F511'",
		"ascii":      `'p\xe4\'ss"\n\\w\xf6rd-\x01\U0001f511'`,
		"json.dumps": `"p\u00e4'ss\"\n\\w\u00f6rd-\u0001\ud83d\udd11"`,
		"quote":      `p%C3%A4%27ss%22%0A%5Cw%C3%B6rd-%01%F0%9F%94%91`,
		"b64encode":  `cMOkJ3NzIgpcd8O2cmQtAfCflJE=`,
		"b2a_hex":    `70c3a4277373220a5c77c3b672642d01f09f9491`,
	} {
		if got := names("INFO | "+log+" |", text("S", value)); len(got) != 1 {
			t.Errorf("%s is not found", form)
		}
	}
}

func TestPartsOfAValue(t *testing.T) {
	value := leaks.Secret{Name: "S", Value: json.RawMessage(`{"user":"reporter","nested":[{"pass":"correct horse"},12345678,true,null,"abc"],"n":42}`)}
	pem := text("PEM", "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n")
	for log, want := range map[string][]string{
		"user reporter logged in":     {"S"},
		`pass="correct horse"`:        {"S"},
		"id 12345678.":                {"S"},
		"id 912345678":                {},
		"id 123456789":                {},
		"true null 42 abc nested":     {},
		"07:00 | MIIEvQIBADANBgkq":    {"PEM"},
		"07:00 hkiG9w0BAQEFAASC 2":    {"PEM"},
		"-----BEGIN KEY-----":         {},
		`{"n": 42, "user": "someone"`: {},
	} {
		if diff := cmp.Diff(want, names(log, value, pem)); diff != "" {
			t.Errorf("%q: %s", log, diff)
		}
	}
	short := leaks.Secret{Name: "S", Value: json.RawMessage(`{"a":1,"b":[2,"x"]}`)}
	for _, log := range []string{`{"a":1,"b":[2,"x"]}`, `{'v': '{"a": 1, "b": [2, "x"]}'}`, "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    \"x\"\n  ]\n}", `"{\"a\":1,\"b\":[2,\"x\"]}"`} {
		if len(names(log, short)) != 1 {
			t.Errorf("%s is not found", log)
		}
	}
}

func TestShortTextsAreFoundAlone(t *testing.T) {
	for _, tt := range []struct {
		value, log string
		found      bool
	}{
		{"true!", "it is true!", true},
		{"abcd", "abcd", true},
		{"abcd", `{"k":"abcd"}`, true},
		{"abcd", "xabcd", false},
		{"abcd", "abcd1", false},
		{"abcd", "ab cd", false},
		{"äbc", "über äbcd", false},
		{"abc", "abc", false},
		{"123456", "1234567", true},
		{"123456", "v 123456", true},
		{"secret", "topsecrets", true},
	} {
		if got := names(tt.log, text("S", tt.value)); (len(got) == 1) != tt.found {
			t.Errorf("%q in %q: %v", tt.value, tt.log, got)
		}
	}
}

func TestInnocentTextIsNotFound(t *testing.T) {
	log := string(someLog(100_000))
	var secrets []leaks.Secret
	for name, value := range values {
		secrets = append(secrets, text(name, value+"~"))
	}
	secrets = append(secrets, manySecrets(1000)...)
	if got := names(log, secrets...); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	for _, near := range []string{"correct-horse-batterx", "Correct-horse-battery", "correct-horse--battery"} {
		if got := names(near, text("S", values["plain"])); len(got) != 0 {
			t.Errorf("%q is found", near)
		}
	}
}

// A random text in a random place and a random form is found, and no other is.
func TestRandomSecrets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	forms := slices.Sorted(func(yield func(string) bool) {
		for form := range encodings {
			if !yield(form) {
				return
			}
		}
	})
	const alphabet = "abcXYZ019 _-+/=%\\\"'<>&$ä日🔑\n\t"
	draw := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteRune([]rune(alphabet)[random.IntN(len([]rune(alphabet)))])
		}
		return b.String()
	}
	for range 2000 {
		value, other := "k"+draw(12+random.IntN(30))+"k", "q"+draw(14+random.IntN(30))+"q"
		form := forms[random.IntN(len(forms))]
		log := draw(random.IntN(40)) + " " + encodings[form](value) + " " + draw(random.IntN(40))
		if got := names(log, text("S", value), text("OTHER", other)); !slices.Equal(got, []string{"S"}) {
			t.Fatalf("%q as %s in %q: found %v", value, form, log, got)
		}
	}
}

func TestNothingIsPrinted(t *testing.T) {
	secret := text("S", "CANARY51c0")
	finder := leaks.NewFinder([]leaks.Secret{secret})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if out := fmt.Sprintf(verb+verb+verb, secret, finder, []leaks.Secret{secret}); strings.Contains(out, "CANARY") || strings.Contains(out, hex.EncodeToString([]byte("CANARY"))) {
			t.Errorf("%s prints the value", verb)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, value := range values {
		for _, encode := range encodings {
			f.Add([]byte(encode(value)), []byte(marshalled(value)))
		}
	}
	f.Add([]byte(`\u\x\`), []byte(`{"a":[1,"b"]}`))
	f.Fuzz(func(t *testing.T, log, value []byte) {
		if len(log) > 4096 || len(value) > 4096 {
			return
		}
		secret := leaks.Secret{Name: "S", Value: value}
		leaks.NewFinder([]leaks.Secret{secret}).Names(log)
		var s string
		if json.Unmarshal(value, &s) == nil && len(s) >= 6 && len(names(string(log)+s, secret)) != 1 {
			t.Errorf("%q is not found as it is", s)
		}
	})
}
