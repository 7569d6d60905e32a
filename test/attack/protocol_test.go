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

func protocolAttacks() []attack {
	return []attack{
		{
			"documents too large, deep, long, repeated or cyclic, and packed bodies",
			"refused, each by its bound; the next request is answered", oversizedDocuments,
		},
		{
			"what a web page can make a browser send: forms, GET, plain text, other methods",
			"refused; nothing is written", browserRequests,
		},
		{
			"documents that mix fields of the secrets API and of the upstream, in aliases, fragments, batches and spellings",
			"the upstream never sees a key, nor a field of the secrets API", mixedDocuments,
		},
	}
}

// repeatFormat joins format applied to 0 to n-1.
func repeatFormat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func oversizedDocuments(r *run) {
	site, s := startServer(r.T, "")
	for _, query := range []string{
		"{ secret_names " + strings.Repeat("@a ", 10_001) + "}",
		"{" + repeatFormat(1001, "a%d: secret_names ") + "}",
		"query(" + repeatFormat(1001, "$a%d: Int ") + ") { secret_names }",
		"{ secret_names }" + repeatFormat(51, " fragment f%d on Query { secret_names }"),
		"{" + strings.Repeat("...f ", 51) + "} fragment f on Query { secret_names }",
		strings.Repeat("{ a ", 9) + strings.Repeat("}", 9),
		"{" + strings.Repeat("secret_names ", 101) + "}",
		"{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
		strings.Repeat("{", 10_000),
		"{ secret_value(name: " + strings.Repeat("[", 10_000) + ") }",
		`{ secret_value(name: "` + strings.Repeat("n", 100_000) + `") }`,
		"{ secret_names }" + strings.Repeat(" ", 5<<20),
	} {
		a := s.Ask(r.T, site.Admin, query)
		r.check((a.Status == 400 || a.Status == 413 || a.Has(`"errors"`)) && !a.Has("treasure"), query[:20], a)
	}
	batch := "[" + strings.TrimSuffix(strings.Repeat(binary.Body("{ secret_names }")+",", 51), ",") + "]"
	a := s.Send(r.T, "POST", "/", bearer(site.Admin), batch)
	r.check(a.Status == 400, "a batch of 51", a)
	a = s.Send(r.T, "POST", "/", bearer(site.Admin), strings.Repeat("[", 100_000))
	r.check(a.Status == 400, "deep JSON", a)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(bytes.Repeat([]byte(" "), 16<<20))
	_ = w.Close()
	h := bearer(site.Admin)
	h.Set("Content-Encoding", "gzip")
	a = s.Send(r.T, "POST", "/", h, packed.String())
	r.check(a.Status == 415, "a packed body", a)
	a = s.Ask(r.T, site.Runner, binary.Value("A"))
	r.check(a.Has("treasure"), "the next request", a)
}

func browserRequests(r *run) {
	site, s := startServer(r.T, "")
	body := binary.Body(binary.Set("STOLEN", "v"))
	for _, kind := range []string{
		"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "text/html", "application/xml",
	} {
		h := bearer(site.Admin)
		h.Set("Content-Type", kind)
		h.Set("Origin", "https://evil.example.com")
		s.Send(r.T, "POST", "/", h, body)
		a := s.Ask(r.T, site.Admin, "{ secret_names }")
		r.check(!a.Has("STOLEN"), kind, a)
	}
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "X"} {
		const url = "/?query=mutation%7Bset_secret(input%3A%7Bname%3A%22STOLEN%22%2Cvalue%3A%22v%22%7D)%7Bsuccess%7D%7D"
		a := s.Send(r.T, method, url, bearer(site.Admin), "")
		names := s.Ask(r.T, site.Admin, "{ secret_names }")
		r.check(!names.Has("STOLEN") && a.Header.Get("Access-Control-Allow-Origin") == "", method, a)
	}
}

// recorder is an upstream that records its requests.
type recorder struct {
	mu       sync.Mutex
	requests []string
}

func (u *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.requests = append(u.requests, fmt.Sprint(r.Header)+string(body))
	_, _ = io.WriteString(w, `{"data":{}}`)
}

func mixedDocuments(r *run) {
	recorded := &recorder{}
	upstream := httptest.NewServer(recorded)
	r.Cleanup(upstream.Close)
	site, s := startServer(r.T, "", "--upstream", upstream.URL)
	for _, query := range []string{
		`{ flow { id } secret_value(name: "A") }`,
		`{ a: flow { id } b: secretValue(name: "A") }`,
		`{ flow { id } ...f } fragment f on Query { secret_value(name: "A") }`,
		`query q { flow { id } } query p { secret_value(name: "A") }`,
		`{ flow { id } secret_value(name: "A") @skip(if: true) }`,
		`mutation { create_flow { id } set_secret(input: {name: "B", value: "v"}) { success } }`,
		`{ flow { id } ... on Query { ... { secret_names } } }`,
		`{ flow: secret_value(name: "A") project { id } }`,
		`mutation { set_secret(input: {name: "B", value: "v"}) { nothing } }`,
		`{ secret_value(name: "A"`,
		"{ flow { id } \u2028 secret_names }",
		"# {\n{ flow { id } secret_names }",
		`{ flow(a: """ } { """) { id } secret_names }`,
		`{ flow { id } } { secret_names }`,
	} {
		for _, key := range []string{site.Admin, site.Runner, "wrong"} {
			a := s.Ask(r.T, key, query)
			r.check(recorded.isClean(site), query, a)
		}
	}
	for _, body := range []string{
		`[` + binary.Body("{ flow { id } }") + `,` + binary.Body(`{ secret_names }`) + `]`,
		`{"query":"{ flow { id } }","query":"{ secret_names }"}`,
		`{"query":"{ secret_n\u0061mes flow { id } }"}`,
		`{"query":"{ flow { id } }"}{"query":"{ secret_names }"}`,
	} {
		a := s.Send(r.T, "POST", "/", bearer(site.Admin), body)
		r.check(recorded.isClean(site), body, a)
	}
	for _, key := range []string{site.Runner, site.Admin} {
		a := s.Ask(r.T, key, "{ flow { id } }")
		r.check(a.Status == 200 && len(recorded.requests) > 0 && recorded.isClean(site), "a document of the upstream alone", a)
	}
}

// isClean reports whether the upstream has received no key and no field of the secrets
// API.
func (u *recorder) isClean(site *binary.Site) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, request := range u.requests {
		for _, forbidden := range []string{site.Admin, site.Runner, "Authorization", "secret", "treasure"} {
			if strings.Contains(request, forbidden) {
				return false
			}
		}
	}
	return true
}
