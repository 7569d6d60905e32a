package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// newBrowserRequest returns what a browser sends for a path.
func (r *testServer) newBrowserRequest(path string) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Accept", browserAccept)
	return req
}

func (r *testServer) browse(path string) response {
	r.t.Helper()
	return r.record(r.Handler(), r.newBrowserRequest(path))
}

func withList(c *Config) { c.Page = Page{Version: "v1.2.3", List: true} }

// The headers of everything that belongs to the page.
var pageHeaders = map[string]string{
	"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
	"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin", "Connection": "close",
}

func TestPageHeaders(t *testing.T) {
	const (
		policy     = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
		listPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	)
	plain, list := newRig(t, ""), newRig(t, "", withList)
	for _, tt := range []struct {
		server                          *testServer
		path, policy, contentType, vary string
	}{
		{plain, "/", policy, "text/html; charset=utf-8", "Accept"},
		{plain, "/_page/style.css", policy, "text/css; charset=utf-8", ""},
		{list, "/", listPolicy, "text/html; charset=utf-8", "Accept"},
		{list, "/_page/style.css", listPolicy, "text/css; charset=utf-8", ""},
		{list, "/_page/script.js", listPolicy, "text/javascript; charset=utf-8", ""},
	} {
		got := tt.server.browse(tt.path)
		got.check(t, http.StatusOK)
		want := maps.Clone(pageHeaders)
		want["Content-Security-Policy"], want["Content-Type"] = tt.policy, tt.contentType
		want["Content-Length"] = fmt.Sprint(len(got.body))
		if tt.vary != "" {
			want["Vary"] = tt.vary
		}
		got.header.Del(headerRequest)
		for name := range got.header {
			if got.header.Get(name) != want[name] {
				t.Errorf("%s: %s: %q, want %q", tt.path, name, got.header.Get(name), want[name])
			}
			delete(want, name)
		}
		if len(want) > 0 {
			t.Errorf("%s: missing %v", tt.path, want)
		}
	}
}

// HEAD is answered as GET is, so that checkers of links find the page.
func TestPageHead(t *testing.T) {
	address, _ := newRig(t, "", withList).start()
	for _, path := range []string{"/", "/_page/style.css", "/_page/script.js"} {
		head, empty := browseSocket(t, address, http.MethodHead, path)
		get, body := browseSocket(t, address, http.MethodGet, path)
		if head.StatusCode != http.StatusOK || empty != "" || head.ContentLength != int64(len(body)) {
			t.Error(path, head.Status, empty, head.ContentLength, len(body))
		}
		for _, h := range []http.Header{head.Header, get.Header} {
			h.Del(headerRequest)
			h.Del("Date")
		}
		if !maps.EqualFunc(head.Header, get.Header, slices.Equal) {
			t.Errorf("%s: HEAD %v, GET %v", path, head.Header, get.Header)
		}
	}
}

func browseSocket(t *testing.T, address, method, path string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", browserAccept)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// A browser takes no answer for what it is not.
func TestNoAnswerIsSniffed(t *testing.T) {
	r := newRig(t, "", withList)
	for name, request := range otherRequests {
		if got := r.answerTo(request, ""); !strings.Contains(got, "X-Content-Type-Options:[nosniff]") {
			t.Errorf("%s: %s", name, got)
		}
	}
	address, _ := r.start()
	lines := "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("A: 1\r\n", maxHeaderLines)
	if got := sendRaw(t, address, lines+"\r\n"); !strings.Contains(got, " 431 ") || !strings.Contains(got, "\r\nX-Content-Type-Options: nosniff\r\n") {
		t.Error(got)
	}
	dev := WithHealth(r.api)
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := r.record(dev, r.newBrowserRequest(path)); got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Error(path, got.header)
		}
	}
}

func TestPageText(t *testing.T) {
	plain := newRig(t, "", func(c *Config) { c.Page.Version = "v1.2.3<b>" }).browse("/")
	plain.check(t, http.StatusOK, "<!doctype html>", `<html lang="en">`, "v1.2.3&lt;b&gt;", "Ready.", `href="healthz"`, `href="readyz"`, "docs/serve.md")
	list := newRig(t, "", withList).browse("/")
	list.check(t, http.StatusOK, `<script type="module" src="_page/script.js"></script>`, `id="sign-in"`)
	for _, text := range []string{"<script", "<form", "<input", "<button", "{{"} {
		if strings.Contains(plain.body, text) {
			t.Errorf("the page without the list has %s", text)
		}
	}
	// Inline text would need an exception in the policy.
	for _, text := range []string{"<style", "style=", " onclick", " onload", "javascript:", "{{"} {
		if strings.Contains(list.body, text) {
			t.Errorf("the page with the list has %s", text)
		}
	}
}

// The page is small, since every binary has it.
func TestPageIsSmall(t *testing.T) {
	if size := len(pageIndex) + len(pageList) + len(pageStyle) + len(pageScript); size >= 25<<10 {
		t.Errorf("%d bytes", size)
	}
}

// The script makes nodes and never markup.
func TestPageScriptMakesNoMarkup(t *testing.T) {
	for _, text := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "sessionStorage", "indexedDB", "cookie", "http:", "https:", "mutation", "secret_value"} {
		if strings.Contains(pageScript, text) {
			t.Errorf("the script has %s", text)
		}
	}
}

// failingStore is a store that does not answer.
type failingStore struct{ cloud.Store }

func (failingStore) Ping(context.Context) error { return errors.New("away") }

func TestPageSaysWhyItIsNotReady(t *testing.T) {
	away := newRig(t, "", func(c *Config) { c.Store = failingStore{c.Store} })
	away.browse("/").check(t, http.StatusOK, "Not ready: the store does not answer.")
	r := newRig(t, "")
	r.audit.fail(true)
	r.query(r.admin, "{ secret_names }")
	r.browse("/").check(t, http.StatusOK, "Not ready: the audit log cannot be written.")
	r.audit.fail(false)
	r.health.stopping.Store(true)
	r.browse("/").check(t, http.StatusOK, "Not ready: the server is stopping.")
}

func TestPageOfWithPage(t *testing.T) {
	r := newRig(t, "")
	h := WithPage(r.api, Page{Version: "v1", List: true})
	r.record(h, r.newBrowserRequest("/")).check(t, http.StatusOK, "Ready.", `id="sign-in"`)
	r.record(h, r.newBrowserRequest("/_page/script.js")).check(t, http.StatusOK, "fetch(")
	r.record(h, r.newBrowserRequest("/nothing")).check(t, http.StatusNotFound, "There is nothing here.")
}

// Nothing is read or written for the page, so the audit log has no line of it. What its
// script asks for is.
func TestPageIsNotAudited(t *testing.T) {
	r := newRig(t, "", withList)
	r.browse("/")
	r.browse("/_page/style.css")
	if got := r.audit.String(); got != "" {
		t.Error(got)
	}
	r.query(r.admin, "{ secret { name updated updated_by } }").check(t, http.StatusOK, `"secret":[]`)
	if got := r.audit.String(); !strings.Contains(got, `"key":"ci","operation":"secret"`) {
		t.Error(got)
	}
}

// withoutPage makes a server answer as it does behind an upstream: without the page.
func withoutPage(c *Config) {
	c.Wrap = func(api *cloud.API) (http.Handler, error) { return api, nil }
}

// Whatever is not a browser's first look at / is answered as without the page, to the byte.
func TestOthersSeeNoPage(t *testing.T) {
	with, without := newRig(t, "", withList), newRig(t, "", withoutPage)
	without.writeKeys(with.keys())
	without.reloadFiles(true)
	for name, request := range otherRequests {
		for _, key := range []string{"", with.admin, "wrong"} {
			got, want := with.answerTo(request, key), without.answerTo(request, key)
			if got != want {
				t.Errorf("%s, key %.3q:\n%s\nwithout the page:\n%s", name, key, got, want)
			}
		}
	}
}

type otherRequest struct{ method, url, accept, contentType, body string }

const (
	anyType  = "*/*"
	jsonType = "application/json"
	namesDoc = `{"query":"{ secret_names }"}`
)

var otherRequests = map[string]otherRequest{
	"curl":                       {"GET", "/", anyType, "", ""},
	"no Accept":                  {"GET", "/", "", "", ""},
	"JSON first":                 {"GET", "/", "application/json, text/html", "", ""},
	"a tie":                      {"GET", "/", "text/html, application/json", "", ""},
	"axios":                      {"GET", "/", "application/json, text/plain, */*", "", ""},
	"a browser's query":          {"GET", "/?query={secret_names}", browserAccept, "", ""},
	"a browser's empty query":    {"GET", "/?", browserAccept, "", ""},
	"another query":              {"GET", "/?a", browserAccept, "", ""},
	"HEAD of a client":           {"HEAD", "/", anyType, "", ""},
	"HEAD of a query":            {"HEAD", "/?a", browserAccept, "", ""},
	"OPTIONS":                    {"OPTIONS", "/", browserAccept, "", ""},
	"PUT":                        {"PUT", "/", browserAccept, "", ""},
	"POST of a form":             {"POST", "/", browserAccept, "application/x-www-form-urlencoded", "query=x"},
	"POST":                       {"POST", "/", anyType, jsonType, namesDoc},
	"POST that prefers HTML":     {"POST", "/", browserAccept, jsonType, namesDoc},
	"POST of a batch":            {"POST", "/", anyType, jsonType, "[" + namesDoc + "," + namesDoc + "]"},
	"POST to /graphql":           {"POST", "/graphql", anyType, jsonType, namesDoc},
	"POST to /graphql/alpha":     {"POST", "/graphql/alpha", browserAccept, jsonType, namesDoc},
	"GET of /graphql":            {"GET", "/graphql", browserAccept, "", ""},
	"GET of /graphql/":           {"GET", "/graphql/", browserAccept, "", ""},
	"GET of /graphql/alpha":      {"GET", "/graphql/alpha", browserAccept, "", ""},
	"GET of another path":        {"GET", "/index.html", browserAccept, "", ""},
	"GET of //":                  {"GET", "//", browserAccept, "", ""},
	"GET of the page's folder":   {"GET", "/_page/", browserAccept, "", ""},
	"GET of no file of the page": {"GET", "/_page/x.css", browserAccept, "", ""},
	"GET of a file with a query": {"GET", "/_page/style.css?v=1", browserAccept, "", ""},
	"POST to a file of the page": {"POST", "/_page/script.js", anyType, jsonType, namesDoc},
	"health":                     {"GET", "/healthz", browserAccept, "", ""},
	"readiness":                  {"GET", "/readyz", browserAccept, "", ""},
	"favicon":                    {"GET", "/favicon.ico", "image/avif,*/*;q=0.8", "", ""},
}

// answerTo returns all of an answer but the request's id.
func (r *testServer) answerTo(o otherRequest, key string) string {
	r.t.Helper()
	req := r.newRequest(o.url, key, strings.NewReader(o.body))
	req.Method = o.method
	req.Header.Del("Content-Type")
	for name, value := range map[string]string{"Accept": o.accept, "Content-Type": o.contentType} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if o.body == "" {
		req.Body = http.NoBody
	}
	got := r.record(r.Handler(), req)
	got.header.Del(headerRequest)
	return fmt.Sprintln(got.status, got.header, got.body)
}

// The script is there with the list alone.
func TestPageScriptIsPartOfTheList(t *testing.T) {
	newRig(t, "").browse("/_page/script.js").check(t, http.StatusNotFound, "There is nothing here.")
}

// A server with an upstream has no page: / is the upstream's and the API's.
func TestNoPageWithWrap(t *testing.T) {
	r := newRig(t, "", withList, withoutPage)
	r.browse("/").check(t, http.StatusOK, "UNAUTHENTICATED")
	r.browse("/_page/style.css").check(t, http.StatusNotFound)
}

// The page is behind the bounds on connections and on the time of an answer.
func TestPageOverASocket(t *testing.T) {
	r := newRig(t, "", withList)
	address, _ := r.start()
	c := dialServer(t, address)
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nAccept: "+browserAccept+"\r\n\r\n")
	resp, body := c.readAnswer()
	if resp.StatusCode != http.StatusOK || !resp.Close || !strings.Contains(body, "v1.2.3") {
		t.Error(resp.Status, resp.Close, body)
	}
}
