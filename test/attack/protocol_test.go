package attack

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
)

func protocol() []attack {
	return []attack{
		{"documents too large, deep, long, repeated or cyclic, and packed bodies", "refused, each by its bound; the next request is answered", bombs},
		{"what a web page can make a browser send: forms, GET, plain text, other methods", "refused; nothing is written", browsers},
		{"documents that mix fields of the secrets API and of the upstream, in aliases, fragments, batches and spellings", "the upstream never sees a key, nor a field of the secrets API", mixed},
	}
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func bombs(r *run) {
	site, s := treasure(r.T, "")
	for _, query := range []string{
		"{ secret_names " + strings.Repeat("@a ", 10_001) + "}", "{" + repeat(1001, "a%d: secret_names ") + "}",
		"query(" + repeat(1001, "$a%d: Int ") + ") { secret_names }", "{ secret_names }" + repeat(51, " fragment f%d on Query { secret_names }"),
		"{" + strings.Repeat("...f ", 51) + "} fragment f on Query { secret_names }", strings.Repeat("{ a ", 9) + strings.Repeat("}", 9),
		"{" + strings.Repeat("secret_names ", 101) + "}", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
		strings.Repeat("{", 10_000), "{ secret_value(name: " + strings.Repeat("[", 10_000) + ") }", `{ secret_value(name: "` + strings.Repeat("n", 100_000) + `") }`,
		"{ secret_names }" + strings.Repeat(" ", 5<<20),
	} {
		a := s.Ask(r.T, site.Admin, query)
		r.want((a.Status == 400 || a.Status == 413 || a.Has(`"errors"`)) && !a.Has("treasure"), query[:20], a)
	}
	batch := "[" + strings.TrimSuffix(strings.Repeat(binary.Body("{ secret_names }")+",", 21), ",") + "]"
	a := s.Send(r.T, "POST", "/", bearer(site.Admin), batch)
	r.want(a.Status == 400, "a batch of 21", a)
	a = s.Send(r.T, "POST", "/", bearer(site.Admin), strings.Repeat("[", 100_000))
	r.want(a.Status == 400, "deep JSON", a)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(bytes.Repeat([]byte(" "), 16<<20))
	_ = w.Close()
	h := bearer(site.Admin)
	h.Set("Content-Encoding", "gzip")
	a = s.Send(r.T, "POST", "/", h, packed.String())
	r.want(a.Status == 415, "a packed body", a)
	a = s.Ask(r.T, site.Runner, binary.Value("A"))
	r.want(a.Has("treasure"), "the next request", a)
}

func browsers(r *run) {
	site, s := treasure(r.T, "")
	body := binary.Body(binary.Set("STOLEN", "v"))
	for _, kind := range []string{"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "text/html", "application/xml"} {
		h := bearer(site.Admin)
		h.Set("Content-Type", kind)
		h.Set("Origin", "https://evil.example.com")
		s.Send(r.T, "POST", "/", h, body)
		a := s.Ask(r.T, site.Admin, "{ secret_names }")
		r.want(!a.Has("STOLEN"), kind, a)
	}
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "X"} {
		a := s.Send(r.T, method, "/?query=mutation%7Bset_secret(input%3A%7Bname%3A%22STOLEN%22%2Cvalue%3A%22v%22%7D)%7Bsuccess%7D%7D", bearer(site.Admin), "")
		names := s.Ask(r.T, site.Admin, "{ secret_names }")
		r.want(!names.Has("STOLEN") && a.Header.Get("Access-Control-Allow-Origin") == "", method, a)
	}
}

// listener is an upstream that remembers what it was sent.
type listener struct {
	mu   sync.Mutex
	seen []string
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, fmt.Sprint(r.Header)+string(body))
	_, _ = io.WriteString(w, `{"data":{}}`)
}

func mixed(r *run) {
	l := &listener{}
	upstream := httptest.NewServer(l)
	r.Cleanup(upstream.Close)
	site, s := treasure(r.T, "", "--upstream", upstream.URL)
	for _, query := range []string{
		`{ flow { id } secret_value(name: "A") }`, `{ a: flow { id } b: secretValue(name: "A") }`, `{ flow { id } ...f } fragment f on Query { secret_value(name: "A") }`,
		`query q { flow { id } } query p { secret_value(name: "A") }`, `{ flow { id } secret_value(name: "A") @skip(if: true) }`,
		`mutation { create_flow { id } set_secret(input: {name: "B", value: "v"}) { success } }`, `{ flow { id } ... on Query { ... { secret_names } } }`,
		`{ flow: secret_value(name: "A") project { id } }`, `mutation { set_secret(input: {name: "B", value: "v"}) { nothing } }`, `{ secret_value(name: "A"`,
		"{ flow { id } \u2028 secret_names }", "# {\n{ flow { id } secret_names }", `{ flow(a: """ } { """) { id } secret_names }`, `{ flow { id } } { secret_names }`,
	} {
		for _, key := range []string{site.Admin, site.Runner, "wrong"} {
			a := s.Ask(r.T, key, query)
			r.want(l.clean(site), query, a)
		}
	}
	for _, body := range []string{
		`[` + binary.Body("{ flow { id } }") + `,` + binary.Body(`{ secret_names }`) + `]`, `{"query":"{ flow { id } }","query":"{ secret_names }"}`,
		`{"query":"{ secret_n\u0061mes flow { id } }"}`, `{"query":"{ flow { id } }"}{"query":"{ secret_names }"}`,
	} {
		a := s.Send(r.T, "POST", "/", bearer(site.Admin), body)
		r.want(l.clean(site), body, a)
	}
	for _, key := range []string{site.Runner, site.Admin} {
		a := s.Ask(r.T, key, "{ flow { id } }")
		r.want(a.Status == 200 && len(l.seen) > 0 && l.clean(site), "a document of the upstream alone", a)
	}
}

// clean reports whether the upstream has seen no key and no field of ours.
func (l *listener) clean(site *binary.Site) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, text := range l.seen {
		for _, never := range []string{site.Admin, site.Runner, "Authorization", "secret", "treasure"} {
			if strings.Contains(text, never) {
				return false
			}
		}
	}
	return true
}
