package upstream

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/h2"
)

// strippedHeaders are headers of the request that are not forwarded: the key, what a
// browser stores for this host, and what is between the client and this server alone.
var strippedHeaders = []string{
	"Authorization", "Proxy-Authorization", "Cookie", "Connection", "Expect", "TE", "Upgrade",
}

func newProxy(c Config, target *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			to := *target
			p.Out.URL, p.Out.Host = &to, ""
			for _, name := range strippedHeaders {
				p.Out.Header.Del(name)
			}
		},
		Transport:      cmp.Or[http.RoundTripper](c.Transport, newTransport(cmp.Or(c.Timeout, 25*time.Second))),
		FlushInterval:  -1, // each part of an answer at once
		ErrorLog:       log.New(io.Discard, "", 0),
		ModifyResponse: func(r *http.Response) error { return report(r.Request, r.StatusCode) },
		ErrorHandler:   c.answerError,
	}
}

// answerError answers in place of an upstream that did not, or whose answer could not be
// reported.
func (c Config) answerError(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusBadGateway, "The upstream cannot be reached."
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		status, text = http.StatusGatewayTimeout, "The upstream does not answer in time."
	}
	if !errors.Is(err, errUnreported) {
		if c.OnError != nil && r.Context().Err() == nil { // otherwise the client has gone
			c.OnError(err)
		}
		err = report(r, status)
	}
	if errors.Is(err, errUnreported) {
		status, text = http.StatusServiceUnavailable, "Unable to complete operation. An internal API error occurred."
	}
	writeError(w, status, "API_ERROR", text)
}

// errUnreported withholds an answer from the client if the forwarded request could not
// be reported to the API.
var errUnreported = errors.New("the forwarded request could not be reported to the API")

type clientContextKey struct{}

// withClient returns r with the client who sent it, which the proxy's copies of r
// keep.
func withClient(r *http.Request, client cloud.AuthorizedClient) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), clientContextKey{}, client))
}

// report reports a forwarded request to the API.
func report(r *http.Request, status int) error {
	client, _ := r.Context().Value(clientContextKey{}).(cloud.AuthorizedClient)
	if client.ReportForwarded(r.Context(), status) != nil {
		return errUnreported
	}
	return nil
}

// withBody returns r with a body that can be sent more than once. The transport does so
// if an idle connection turns out to be closed.
func withBody(r *http.Request, body []byte) *http.Request {
	out := r.WithContext(r.Context())
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.Body, _ = out.GetBody()
	out.ContentLength, out.TransferEncoding = int64(len(body)), nil
	return out
}

func newTransport(timeout time.Duration) *http.Transport {
	return h2.Enable(&http.Transport{
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: timeout,
		MaxIdleConnsPerHost:   64,
		// Node, on which Prefect Server's API runs, closes a connection that was idle
		// for 5 seconds (http.Server.keepAliveTimeout). No request should use one that
		// is being closed.
		IdleConnTimeout:    4 * time.Second,
		DisableCompression: true, // or answers would be decompressed on their way
	})
}

// writeError answers as the secrets API does. Prefect's clients retry by themselves
// after a 502 or 504 (urllib3's status_forcelist in client/client.py).
func writeError(w http.ResponseWriter, status int, code, text string) {
	type extensions struct {
		Code string `json:"code"`
	}
	type failure struct {
		Message    string     `json:"message"`
		Extensions extensions `json:"extensions"`
	}
	body, _ := json.Marshal(map[string][]failure{"errors": {{text, extensions{code}}}})
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
