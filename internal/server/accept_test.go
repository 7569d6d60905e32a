package server

import (
	"net/http"
	"testing"
)

// browserAccept is what Chromium sends for a page that somebody opens.
const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"

// acceptCases has values of Accept, and whether they prefer text/html to JSON.
var acceptCases = map[string]bool{
	browserAccept: true,
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": true, // Firefox, Safari
	"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2":            true, // HttpURLConnection
	"text/html":                                 true,
	"TEXT/HTML":                                 true,
	"text/*":                                    true,
	"text/html;q=0.001":                         true,
	"text/html;charset=utf-8":                   true,
	"text/html; charset=\"UTF-8\"":              true,
	"application/json;q=0.5, text/html":         true,
	"application/json;q=0.5, text/html;q=0.501": true,
	"text/html;q=0.5, application/json;q=0":     true,
	"*/*;q=0.1, text/html;q=0.2":                true,
	"application/*;q=0.9, application/json;q=0.1, text/*;q=0.2":                    true, // the most specific range counts
	"application/json;q=0.3, application/json;charset=iso-8859-1, text/html;q=0.4": true,
	`text/plain;x="a,application/json", text/html`:                                 true,
	"text/html;q=1.000,": true,

	"":                                  false,
	"*/*":                               false, // curl, Python, Go, apollo's clients
	"application/json":                  false,
	"application/json, text/html":       false, // equal: no preference, in either order
	"text/html, application/json":       false,
	"text/html;q=0.8, application/json": false,
	"text/html, */*":                    false,
	"text/html;q=0.8, */*;q=0.8":        false,
	"text/*, application/*":             false,
	"application/json, text/plain, */*": false, // axios
	"application/json, */*;q=0.1":       false,
	"text/html;q=0":                     false,
	"text/html;q=0, text/*":             false,
	"text/html;level=1":                 false, // a range for what the page is not
	"text/html;charset=iso-8859-1":      false,
	"application/xhtml+xml":             false,
	"application/graphql-response+json, application/json": false,
	"text/html;q=2":               false, // invalid: no range at all
	"text/html;q=1.001":           false,
	"text/html;q=0.1234":          false,
	"text/html;q=-0":              false,
	"text/html;q=0.+1":            false,
	"text/html;q=":                false,
	"text/html;q":                 false,
	"text/html;q=0.9;q=0.8":       false,
	"text":                        false,
	"html, /, ;, \"":              false,
	`text/plain;x=", text/html`:   false,
	`text/plain;x="\", text/html`: false,
}

func TestPrefersHTML(t *testing.T) {
	for accept, want := range acceptCases {
		if got := prefersHTML(http.Header{"Accept": {accept}}); got != want {
			t.Errorf("%q: %v, want %v", accept, got, want)
		}
	}
}

// Several lines of Accept are one list.
func TestPrefersHTMLInSeveralLines(t *testing.T) {
	if !prefersHTML(http.Header{"Accept": {"application/json;q=0.1", "text/html"}}) {
		t.Error("the second line does not count")
	}
	if prefersHTML(http.Header{"Accept": {"text/html", "application/json"}}) {
		t.Error("the first line alone counts")
	}
	if prefersHTML(http.Header{}) {
		t.Error("no header prefers HTML")
	}
}
