package leaks_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// text returns a secret whose value is a string.
func text(name, value string) leaks.Secret {
	raw, _ := json.Marshal(value)
	return leaks.Secret{Name: name, Value: raw}
}

// names returns what a new finder of secrets finds in log.
func names(log string, secrets ...leaks.Secret) []string {
	return leaks.NewFinder(secrets).Names([]byte(log))
}

func TestPartsOfAValue(t *testing.T) {
	value := leaks.Secret{Name: "S", Value: json.RawMessage(
		`{"user":"reporter","nested":[{"pass":"correct horse"},12345678,true,null,"abc"],"n":42}`)}
	pem := text("PEM", "-----BEGIN KEY-----\nProc-Type: 4,ENCRYPTED\nMIIEvQIBADANBgkq\n"+
		"  hkiG9w0BAQEFAASC\r\ndGFpbA==\nshort==\n-----END KEY-----\n")
	for log, want := range map[string][]string{
		"user reporter logged in":     {"S"},
		`pass="correct horse"`:        {"S"},
		"id 12345678.":                {"S"},
		"id 912345678":                {},
		"id 123456789":                {},
		"true null 42 abc nested":     {},
		"07:00 | MIIEvQIBADANBgkq":    {"PEM"},
		"07:00 hkiG9w0BAQEFAASC 2":    {"PEM"},
		`\nhkiG9w0BAQEFAASC\n`:        {"PEM"},
		"07:00 | dGFpbA==":            {"PEM"},
		"07:00 | short==":             {},
		"-----BEGIN KEY-----":         {},
		"Proc-Type: 4,ENCRYPTED":      {},
		`{"n": 42, "user": "someone"`: {},
		"reporter MIIEvQIBADANBgkq":   {"PEM", "S"},
	} {
		if diff := cmp.Diff(want, names(log, value, pem)); diff != "" {
			t.Errorf("%q: %s", log, diff)
		}
	}
}

func TestWhatCounts(t *testing.T) {
	for _, tt := range []struct {
		value, log string
		found      bool
	}{
		{`true`, "it is true", false},
		{`false`, "it is false", false},
		{`null`, "it is null", false},
		{`[true]`, "it is [true]", false},
		{`{"a":[null,{}]}`, `{"a":[null,{}]}`, false},
		{`{"password":true}`, `{"password":true}`, false},
		{`{"pass":{"word":"x"}}`, `pass {"word":"x"}`, false},
		{`not JSON`, "not JSON", false},
		{`"twice" "values"`, "twice values", false},
		{`12345`, "it is 12345", false},
		{`[42]`, "it is [42]", false},
		{`123456`, "it is 123456.", true},
		{`123456`, "it is 1234567", false},
		{`123456`, "it is a123456", false},
		{`123456`, "at 10:00:00.123456", false},
		{`123456`, "it is 123456.7", false},
		{`-1.5e-7`, "it is -1.5e-7", true},
		{`12345678`, "it is 1234\n5678", true},
		{`1234567`, "it is 1234\n567", false},
		{`12345678`, base64.StdEncoding.EncodeToString([]byte("user:12345678")), true},
		{`12345678`, base64.StdEncoding.EncodeToString([]byte("user12345678")), true},
		{`{"a":1}`, `it is {"a":1}`, true},
		{`{"a":1}`, `it is {'v': '{"a": 1}'}`, true},
		{`{"a":1}`, "it is {\n  \"a\": 1\n}", true},
		{`{"a":1}`, `it is {"a":2}`, false},
		{`{"a":1,"b":[2,"x"]}`, "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    \"x\"\n  ]\n}", true},
		{`{"a":1,"b":[2,"x"]}`, `"{\"a\":1,\"b\":[2,\"x\"]}"`, true},
		{`{"a":1,"b":[2,"x"]}`, `v=%7B%22a%22%3A+1%2C+%22b%22%3A+%5B2%2C+%22x%22%5D%7D`, true},
		{`{"k":"\u003c\u00e4"}`, `{"k": "<ä"}`, true},
		{`{"k":"<ä"}`, `{"k": "\u003c\u00e4"}`, true},
		{`{"k":"\"x"}`, `{"k":"\"x"}`, true},
		{`["x",1234,true]`, `it is ["x", 1234, true]`, true},
		{` "secret\n" `, "a secret is", true},
		{`"      "`, "a        b", false},
		{`"a    \n"`, "a    \n", false},
		{`"123456"`, "1234567", true},
		{`"secret"`, "topsecrets", true},
		{`"secret"`, "c2VjcmV0", true},
		{`"secret"`, "736563726574", true},
		{`"secret"`, "sec\nret", false},
		{`"secret"`, "s\\u0065c\nret", false},
		{`"\ufffd\ufffd!"`, base64.StdEncoding.EncodeToString([]byte("\ufffd\ufffd!")), true},
		{`"path/to/it"`, `path\/to\/it`, true},
		{`"secrets!"`, "sec\nrets!", true},
		{`"secrets!"`, "sec \t\n  rets!", true},
		{`"secrets!"`, "sec\rrets!", true},
		{`"secrets!"`, "sec rets!", false},
		{`"mypassword"`, "set my password", false},
		{`"my password"`, "set my\n  password", true},
		{`"my password"`, "?set=my+password", true},
		{`"a b c d"`, "?set=a+b+c+d", true},
		{`"a b c d"`, "a b\nc d", false},
		{`"path+to\\x"`, `path%2Bto%5Cx`, true},
		{`"pässwörd"`, `b'p\xc3\xa4ssw\xc3\xb6rd'`, true},
		{`"true!"`, "it is true!", true},
		{`"true!"`, "it is tr\nue!", false},
		{`"abcd"`, "abcd", true},
		{`"abcd"`, `{"k":"abcd"}`, true},
		{`"abcd"`, "\u00e4\\nabcd\\n", true},
		{`"abcd"`, "?set=%20abcd", true},
		{`"abcd"`, "xabcd", false},
		{`"abcd"`, "abcd1", false},
		{`"abcd"`, "abcd_", false},
		{`"abcd"`, "ab cd", false},
		{`"abcd"`, base64.StdEncoding.EncodeToString([]byte("--- abcd ---")), false},
		{`"abcd"`, base64.StdEncoding.EncodeToString([]byte(`--- \u0061bcd ---`)), false},
		{`"abcde"`, "xabcdef", false},
		{`"abcde"`, "x abcde f", true},
		{`"äbc"`, "über äbcd", false},
		{`"äbc"`, "über äbc", true},
		{`"abc"`, "abc", false},
	} {
		got := names(tt.log, leaks.Secret{Name: "S", Value: json.RawMessage(tt.value)})
		if (len(got) == 1) != tt.found {
			t.Errorf("%s in %q: %v", tt.value, tt.log, got)
		}
	}
}

func TestLongValueIsFoundByItsBeginning(t *testing.T) {
	long := strings.Repeat("ä", 128) + strings.Repeat("the end ", 100)
	for _, log := range []string{long, long[:256] + "...", hex.EncodeToString([]byte(long))} {
		if got := names(log, text("S", long)); len(got) != 1 {
			t.Errorf("found %v in %.40q", got, log)
		}
	}
	if got := names(long[:254], text("S", long)); len(got) != 0 {
		t.Errorf("found %v in less than its beginning", got)
	}
}

// Patterns that begin with one another, and values that secrets share.
func TestNamesAreSortedAndUnique(t *testing.T) {
	secrets := []leaks.Secret{
		text("C", "prefix-a"), text("B", "prefix-ab"), text("A", "prefix"), text("D", "prefix-abc"),
		text("E", "prefix-b"), text("B", "prefix-a"), text("A", "other one"), text("F", "prefix-a"), text("Z", "pref"),
	}
	for log, want := range map[string][]string{
		"prefix-abd prefix-abd": {"A", "B", "C", "F"},
		"prefix-b":              {"A", "E"},
		"prefix-":               {"A"},
		"prefi":                 {},
		"pref":                  {"Z"},
		"":                      {},
	} {
		if diff := cmp.Diff(want, names(log, secrets...)); diff != "" {
			t.Errorf("%q: %s", log, diff)
		}
	}
}

func TestInnocentTextIsNotFound(t *testing.T) {
	log := string(encodedLog(100_000))
	var secrets []leaks.Secret
	for name, value := range values {
		secrets = append(secrets, text(name, value+"~"))
	}
	secrets = append(secrets, manySecrets(1000)...)
	if got := names(log, secrets...); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	for _, similar := range []string{
		"correct-horse-batterx", "Correct-horse-battery", "correct-horse--battery", "correct-horse battery",
	} {
		if got := names(similar, text("S", values["plain"])); len(got) != 0 {
			t.Errorf("%q is found", similar)
		}
	}
}

func TestZeroFinderFindsNothing(t *testing.T) {
	var finder leaks.Finder
	if got := finder.Names([]byte("anything")); got == nil || len(got) != 0 {
		t.Errorf("found %#v", got)
	}
}

func TestNothingIsPrinted(t *testing.T) {
	secret := text("S", "CANARY51c0")
	secrets := []leaks.Secret{secret}
	finder := leaks.NewFinder(secrets)
	private := struct{ finder leaks.Finder }{*finder} // fmt calls no method of a private field
	const verbs = "vsqxXdobcTUteEfFgGOz"
	for _, v := range []any{secret, &secret, secrets, map[string]leaks.Secret{"k": secret}} {
		checkPrinted(t, verbs, v)
	}
	for _, v := range []any{finder, *finder, []*leaks.Finder{finder}, private, &private} {
		checkPrinted(t, verbs+"pw", v)
	}
}

func checkPrinted(t *testing.T, verbs string, v any) {
	t.Helper()
	for _, verb := range verbs {
		for _, flag := range []string{"", "+", "#", " ", "0"} {
			checkHidden(t, fmt.Sprintf("%"+flag+string(verb), v))
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "v", v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "v", v)
	raw, _ := json.Marshal(v)
	checkHidden(t, log.String()+string(raw))
}

// checkHidden checks, without the finder, that out does not hold the canary, not
// even as decimal bytes.
func checkHidden(t *testing.T, out string) {
	t.Helper()
	const canary = "CANARY"
	hexed := hex.EncodeToString([]byte(canary))
	decimal := strings.Trim(fmt.Sprint([]byte(canary)), "[]")
	inBase64 := base64.StdEncoding.EncodeToString([]byte(canary))
	for _, form := range []string{canary, hexed, strings.ToUpper(hexed), decimal, inBase64} {
		if strings.Contains(out, form) {
			t.Errorf("a value is printed: %s", out)
		}
	}
}
