package server

import (
	_ "embed" // for the page's text
	"html"
	"net/http"
	"strconv"
	"strings"
)

// Page describes what a browser gets at / in place of the API's answer in JSON.
type Page struct {
	// Version is the program's.
	Version string
	// List adds a read-only list of the secrets' names, for whoever has a planner or admin
	// key. The page asks the API for it, as any client does.
	List bool
}

// pagePrefix is where the page's own files are, so that its policy needs no exception
// for inline text. The API has no such path.
const pagePrefix = "/_page/"

// The page's text. All of it is in the binary, so it is short.
var (
	//go:embed page/index.html
	pageIndex string
	//go:embed page/list.html
	pageList string
	//go:embed page/style.css
	pageStyle string
	//go:embed page/script.js
	pageScript string
)

// The policies of the page without and with the list. What trusted-types refuses is
// text that a script turns into markup.
const (
	pagePolicy     = "default-src 'none'; style-src 'self'; frame-ancestors 'none'"
	pageListPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
)

// pageFile is a file of the page. The text of / is made for each answer.
type pageFile struct{ contentType, text string }

// page answers browsers.
type page struct {
	policy string
	files  map[string]pageFile // by path
	ready  func() readiness
}

// WithPage puts the page before a handler that is always ready.
func WithPage(next http.Handler, p Page) http.Handler {
	return newPage(p, func() readiness { return alwaysReady }).or(next)
}

func newPage(c Page, ready func() readiness) *page {
	p := &page{policy: pagePolicy, ready: ready, files: map[string]pageFile{
		pagePrefix + "style.css": {"text/css; charset=utf-8", pageStyle},
	}}
	script, list := "", ""
	if c.List {
		p.policy = pageListPolicy
		p.files[pagePrefix+"script.js"] = pageFile{"text/javascript; charset=utf-8", pageScript}
		script, list = `<script type="module" src="_page/script.js"></script>`, pageList
	}
	p.files["/"] = pageFile{"text/html; charset=utf-8", strings.NewReplacer(
		"{{script}}", script, "{{list}}", list, "{{version}}", html.EscapeString(c.Version),
	).Replace(pageIndex)}
	return p
}

// or answers what is the page's, and lets next answer the rest.
func (p *page) or(next http.Handler) http.Handler { return p.through(p, next) }

// through lets own answer what is the page's, and next the rest.
func (p *page) through(own, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isFor(r) {
			own.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isFor reports whether a request is a browser's, for the page or a file of it. HEAD is
// what checkers of links send.
func (p *page) isFor(r *http.Request) bool {
	_, found := p.files[r.URL.Path]
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	return found && reads && r.URL.RawQuery == "" && !r.URL.ForceQuery &&
		(r.URL.Path != "/" || prefersHTML(r.Header))
}

// ServeHTTP answers a request that isFor allows.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, h := p.files[r.URL.Path], w.Header()
	if r.URL.Path == "/" {
		file.text = strings.Replace(file.text, "{{health}}", p.ready().sentence(), 1)
		h.Set("Vary", "Accept")
	}
	h.Set("Content-Type", file.contentType)
	h.Set("Content-Length", strconv.Itoa(len(file.text)))
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-store")
	h.Set(headerNoSniff, "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	_, _ = w.Write([]byte(file.text))
}

// sentence says the same as the JSON, to people.
func (a readiness) sentence() string {
	switch {
	case a.Stopping:
		return "Not ready: the server is stopping."
	case a.Store != "ok":
		return "Not ready: the store does not answer."
	case a.Audit == "failing":
		return "Not ready: the audit log cannot be written."
	}
	return "Ready."
}
