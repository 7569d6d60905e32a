package prefect_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// TestEchoesAreScrubbed has a server quote a value in the forms that servers use.
func TestEchoesAreScrubbed(t *testing.T) {
	const card, word = "4111111111111111", "pässwörd-Ω-€uro"
	quote := func(text string) string { return string(prefect.TextValue(text).Reveal()) }
	python := strings.Trim(strconv.QuoteToASCII(word), `"`)
	pythonCapitals := regexp.MustCompile(`[0-9a-f]{4}`).ReplaceAllStringFunc(python, strings.ToUpper)
	const privateKey = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----"
	for name, tt := range map[string]struct{ value, message string }{
		"the inside of what was quoted":       {quote(card), "value (" + card + ") is not allowed"},
		"quoted twice":                        {quote(quote(card)), "value (" + card + ") is not allowed"},
		"an element of a list in a string":    {`["` + card + `"]`, "item " + card + " is wrong"},
		"Python's json.dumps":                 {word, "value " + python + " is wrong"},
		"Python's json.dumps of quoted text":  {quote(word), "value " + python + " is wrong"},
		"Python's json.dumps with capitals":   {word, "value " + pythonCapitals + " is wrong"},
		"in a query":                          {word, "GET /?v=" + url.QueryEscape(word)},
		"in a path":                           {word + " and a space", "GET /" + url.PathEscape(word+" and a space")},
		"in a URL with small letters":         {word, "GET /?v=" + strings.ToLower(url.QueryEscape(word))},
		"in base64":                           {card, "body " + base64.StdEncoding.EncodeToString([]byte(card))},
		"in base64 of more":                   {card, "body " + base64.StdEncoding.EncodeToString([]byte(`{"v":"`+card+`"}`))},
		"in hexadecimal":                      {card, "body " + hex.EncodeToString([]byte(card))},
		"cut short with dots":                 {card, "value 411111... is wrong"},
		"cut short with three characters":     {card, "value (411…) is wrong"},
		"cut short within quotation marks":    {card, `value "41111111"... is wrong`},
		"cut short with dots and its end":     {card, "value 4111...1111 is wrong"},
		"cut short without dots":              {card, "value 4111111111111 is wrong"},
		"cut short after it was quoted":       {quote(card), "value 41111111… is wrong"},
		"in JSON inside JSON":                 {quote(card), "variables " + quote(quote(`{"value":`+quote(card)+`}`))},
		"a line cut short":                    {"first line\nsecond-line-of-it", "bad line second-line..."},
		"a number":                            {card, "value " + card + " is wrong"},
		"a header of Go's %q":                 {word, fmt.Sprintf("value %+q is wrong", word)},
		"the end of a private key, shortened": {privateKey, "key MIIEvQIBADANB... is wrong"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{bodies: map[string]string{"a0:": failed(tt.message)}}
			err := s.client(t, prefect.DialectCamel).SetSecret(t.Context(), "S", tt.value)
			if err == nil || !strings.Contains(err.Error(), "[redacted]") {
				t.Fatalf("not scrubbed: %v", err)
			}
			for _, part := range []string{
				"4111", "411…", "1111", "sswörd", "uro", "MIIE", "second",
				base64.StdEncoding.EncodeToString([]byte(card))[:8], hex.EncodeToString([]byte(card))[:8],
			} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("%s shows", part)
				}
			}
		})
	}
}

func TestScrubbingLeavesTheRest(t *testing.T) {
	const message = "the tenant has no room for 12 secrets... ask an admin"
	s := &server{bodies: map[string]string{"a0:": failed(message)}}
	err := s.client(t, prefect.DialectCamel).SetSecret(t.Context(), "S", "correct horse battery staple")
	if err == nil || !strings.HasSuffix(err.Error(), message) {
		t.Errorf("%v", err)
	}
}
