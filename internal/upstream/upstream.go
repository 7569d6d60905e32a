// Package upstream puts the secrets API in front of a Prefect Server, which has none,
// so that agents and flow runs find both under the one URL that they know.
//
// A GraphQL document whose fields at the top are all the secrets API's is answered
// here. One with none of them goes to the upstream byte for byte, once the request has
// a key of ours, and without that key. A mix is refused. What cannot be told, because
// it does not parse or is no POST of JSON, goes nowhere: the API words the refusal.
//
// Fields are told by name, before any validation: a document for the secrets API that
// is wrong is refused here and not shown to the upstream. "tenant" and "auth_info" are
// always ours. The API is told of what is passed on, before the client has the answer,
// and of a mix. Fields that every schema has (__typename, __schema) follow the others
// of their request, and are ours where there are none.
package upstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// API is the secrets API, as [cloud.API] implements it.
type API interface {
	http.Handler
	// Authorize reports whether the request has a key that is good for the tenant that
	// it names, and whose it is. It does not read the body.
	Authorize(r *http.Request) (cloud.Authorized, bool)
}

var _ API = (*cloud.API)(nil)

// Config describes a handler.
type Config struct {
	// API answers what is the secrets API's and refuses what nobody answers. Required.
	API API
	// URL is where documents go that are not the API's, as it is given: http or https,
	// without user, query and fragment. Required.
	URL string
	// Timeout is how long the upstream may take until its answer begins; 0 means
	// 25 seconds, which is less than serve has for a request and more than Prefect's
	// clients wait by default (15 s: request_timeout in config.toml). It does not apply
	// to a Transport that is given.
	Timeout time.Duration
	// Transport carries requests to the upstream; nil means one that keeps connections,
	// knows no proxy, and leaves compression to the two ends.
	Transport http.RoundTripper
	// OnError, if set, is told why a request was not answered by the upstream. The text
	// holds the upstream's address and nothing of the request. It may be called
	// concurrently.
	OnError func(error)
}

type handler struct {
	api   API
	proxy http.Handler
}

// New makes a handler of the configuration.
func New(c Config) (http.Handler, error) {
	if c.API == nil {
		return nil, errors.New("an upstream needs the secrets API in front of it: set API")
	}
	target, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	return &handler{api: c.API, proxy: newProxy(c, target)}, nil
}

// parseURL keeps the text of a bad URL out of the error: it may hold a password.
func parseURL(text string) (*url.URL, error) {
	u, ok := address.Absolute(text)
	switch {
	case !ok:
		return nil, errors.New("the upstream's URL cannot be used: write http://HOST:PORT or https://HOST")
	case u.User != nil:
		return nil, fmt.Errorf("the upstream's URL at %s holds a user: leave it out", u.Host)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("the upstream's URL at %s has more than a path: end it there", u.Host)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// ServeHTTP decides by the key first, then by the body.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !cloud.IsEndpoint(r.URL.Path) || r.ContentLength > cloud.MaxBody ||
		!plainBody(r.Header) {
		h.api.ServeHTTP(w, r)
		return
	}
	caller, ok := h.api.Authorize(r)
	if !ok {
		h.api.ServeHTTP(w, r)
		return
	}
	body, whole, err := read(caller, r)
	if err != nil {
		refuseBusy(w)
		return
	}
	if !whole {
		h.api.ServeHTTP(w, r)
		return
	}
	whose, names, err := classifyInTurn(r.Context(), caller, body)
	if err == nil && whose == theirs {
		err = caller.Forward(r.Context())
	}
	switch {
	case err != nil:
		refuseBusy(w)
	case whose == ours:
		h.api.ServeHTTP(w, r)
	case whose == theirs:
		h.proxy.ServeHTTP(w, again(from(caller, r), body))
	case whose == mixed:
		caller.ReportRefused(r.Context(), http.StatusBadRequest)
		refuseMix(w, names)
	}
}

// read takes the body and leaves r as if it had not. It is not whole where it broke
// off or is longer than the API takes; an error says that there was no room for it.
func read(caller cloud.Authorized, r *http.Request) (body []byte, whole bool, full error) {
	rest := r.Body
	body, err := cloud.ReadBody(rest, r.ContentLength, func(bytes int) error {
		full = caller.ReserveBody(r.Context(), bytes)
		return full
	})
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	ended := err == nil || err == io.EOF && int64(len(body)) >= r.ContentLength
	return body, ended && len(body) <= cloud.MaxBody, full
}

// maxParsed is the most that [graphql.TopFields] takes, in bytes.
const maxParsed = 50 << 20

func classifyInTurn(ctx context.Context, caller cloud.Authorized, body []byte) (side, []string, error) {
	end, err := caller.Begin(ctx, min(cloud.ParsedSize*len(body), maxParsed))
	if err != nil {
		return ours, nil, err
	}
	defer end()
	whose, names := classify(body)
	return whose, names, nil
}

func refuseBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusServiceUnavailable, "API_ERROR", cloud.Busy)
}

// again is r with a body that can be sent more than once: the transport does so where
// a kept connection turns out to be closed.
func again(r *http.Request, body []byte) *http.Request {
	out := r.WithContext(r.Context())
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
	out.ContentLength, out.TransferEncoding = int64(len(body)), nil
	return out
}

func refuseMix(w http.ResponseWriter, names []string) {
	slices.Sort(names)
	writeError(w, http.StatusBadRequest, graphql.CodeValidationFailed, fmt.Sprintf(
		"The request asks for fields of the secrets API (%s) and of the upstream: send them apart.",
		strings.Join(slices.Compact(names), ", ")))
}
