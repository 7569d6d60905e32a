// Package upstream puts the secrets API in front of a Prefect Server, which has no
// secrets, so that agents and flow runs reach both at one URL.
//
// A GraphQL document whose top-level fields all belong to the secrets API is answered
// here. One with none of them is forwarded to the upstream byte for byte, once the
// request is authorized, and without its key. A mix is refused. A request that is not
// understood, because it does not parse or is not a POST of JSON, is not forwarded: the
// API answers it with its errors.
//
// Fields are recognised by name, before any validation: an invalid document for the
// secrets API is refused here and not sent to the upstream. "tenant" and "auth_info"
// always belong to the secrets API. What is forwarded is reported to the API before the
// client has the answer, and so is a mix. Fields that every schema has (__typename,
// __schema) go where the other fields of their request go; without others the API
// answers them.
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

// Config describes a handler.
type Config struct {
	// API answers what belongs to the secrets API, and what is not understood. Required.
	API *cloud.API
	// URL is where other documents are forwarded to, unchanged: http or https, without
	// user, query and fragment. Required.
	URL string
	// Timeout is how long the upstream may take until its answer begins; 0 means
	// 25 seconds, which is less than serve has for a request and more than Prefect's
	// clients wait by default (15 s: request_timeout in config.toml). It does not apply
	// if Transport is set.
	Timeout time.Duration
	// Transport carries requests to the upstream. Nil means one that keeps connections
	// alive, uses no proxy, and does not compress or decompress.
	Transport http.RoundTripper
	// OnError, if set, is called with the reason why the upstream did not answer a
	// request. The error's text has the upstream's address and nothing of the request.
	// OnError may be called concurrently.
	OnError func(error)
}

// secretsAPI is the part of [cloud.API] that a handler uses.
type secretsAPI interface {
	http.Handler
	// Authorize reports whether the request has a key that may use the tenant that the
	// request names, and for whom. It does not read the body.
	Authorize(r *http.Request) (cloud.AuthorizedClient, bool)
}

type handler struct {
	api   secretsAPI
	proxy http.Handler
}

// New makes a handler.
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

// parseURL parses the upstream's URL. Its errors do not quote the text of a URL, which
// may contain a password.
func parseURL(text string) (*url.URL, error) {
	u, ok := address.Absolute(text)
	switch {
	case !ok:
		return nil, errors.New("the upstream's URL cannot be used: write http://HOST:PORT or https://HOST")
	case u.User != nil:
		return nil, fmt.Errorf("the upstream's URL at %s contains a user: remove it", u.Host)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("the upstream's URL at %s has more than a path: remove the rest", u.Host)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// ServeHTTP answers or forwards a request. It decides by the key first, then by the
// body.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !cloud.IsEndpoint(r.URL.Path) || r.ContentLength > cloud.MaxBody ||
		!isUncompressedJSON(r.Header) {
		h.api.ServeHTTP(w, r)
		return
	}
	client, ok := h.api.Authorize(r)
	if !ok {
		h.api.ServeHTTP(w, r)
		return
	}
	body, complete, err := readBody(client, r)
	if err != nil {
		writeBusy(w)
		return
	}
	if !complete {
		h.api.ServeHTTP(w, r)
		return
	}
	owner, names, err := classifyInTurn(r.Context(), client, body)
	if err == nil && owner == ownerUpstream {
		err = client.Forward(r.Context())
	}
	switch {
	case err != nil:
		writeBusy(w)
	case owner == ownerAPI:
		h.api.ServeHTTP(w, r)
	case owner == ownerUpstream:
		h.proxy.ServeHTTP(w, withBody(withClient(r, client), body))
	case owner == ownerBoth:
		client.ReportRefused(r.Context(), http.StatusBadRequest)
		writeMixed(w, names)
	}
}

// readBody reads the body, and leaves r with a body that is not read. The body is not
// complete if it broke off or is longer than the API accepts. An error means that there
// was no memory for it.
func readBody(client cloud.AuthorizedClient, r *http.Request) (body []byte, complete bool, noMemory error) {
	rest := r.Body
	body, err := cloud.ReadBody(rest, r.ContentLength, func(bytes int) error {
		noMemory = client.ReserveBody(r.Context(), bytes)
		return noMemory
	})
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	ended := err == nil || err == io.EOF && int64(len(body)) >= r.ContentLength
	return body, ended && len(body) <= cloud.MaxBody, noMemory
}

// maxParsed is the most memory that [graphql.TopFields] takes, in bytes.
const maxParsed = 50 << 20

// classifyInTurn waits for the request's turn, and classifies its body.
func classifyInTurn(ctx context.Context, client cloud.AuthorizedClient, body []byte) (owner, []string, error) {
	end, err := client.Begin(ctx, min(cloud.ParsedSizePerByte*len(body), maxParsed))
	if err != nil {
		return ownerAPI, nil, err
	}
	defer end()
	owner, names := classify(body)
	return owner, names, nil
}

func writeBusy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusServiceUnavailable, "API_ERROR", cloud.BusyMessage)
}

func writeMixed(w http.ResponseWriter, names []string) {
	slices.Sort(names)
	writeError(w, http.StatusBadRequest, graphql.CodeValidationFailed, fmt.Sprintf(
		"The request asks for fields of the secrets API (%s) and of the upstream: send them separately.",
		strings.Join(slices.Compact(names), ", ")))
}
