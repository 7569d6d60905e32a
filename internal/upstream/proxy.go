package upstream

import (
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
)

// withheld are the request's headers that the upstream does not get: the key, what a
// browser keeps for this host, and what is between the client and this server alone.
var strippedHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "Connection", "Expect", "TE", "Upgrade"}

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

// unanswered answers in the upstream's place.
func (c Config) answerError(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusBadGateway, "The upstream cannot be reached."
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		status, text = http.StatusGatewayTimeout, "The upstream does not answer in time."
	}
	if !errors.Is(err, errUnreported) {
		if c.OnError != nil && r.Context().Err() == nil { // else the client has gone
			c.OnError(err)
		}
		err = report(r, status)
	}
	if errors.Is(err, errUnreported) {
		status, text = http.StatusServiceUnavailable, "Unable to complete operation. An internal API error occurred."
	}
	writeError(w, status, "API_ERROR", text)
}

// errUntold keeps an answer from the client that the API could not be told of.
var errUnreported = errors.New("the API could not be told of what was passed on")

type callerKey struct{}

// from is r with who sent it, which the proxy's copies of it keep.
func withCaller(caller cloud.Authorized, r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callerKey{}, caller))
}

// told tells the API of a request that was passed on.
func report(r *http.Request, status int) error {
	caller, _ := r.Context().Value(callerKey{}).(cloud.Authorized)
	if caller.ReportForwarded(r.Context(), status) != nil {
		return errUnreported
	}
	return nil
}

func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: timeout,
		MaxIdleConnsPerHost:   64,
		// Node, which Prefect Server's API runs on, ends a connection that was idle for
		// 5 seconds (http.Server.keepAliveTimeout); a request must not meet that end.
		IdleConnTimeout:    4 * time.Second,
		DisableCompression: true, // or an answer would be unpacked on its way
	}
}

// writeError answers as the secrets API does. Prefect's clients try again by
// themselves after a 502 or 504 (urllib3's status_forcelist in client/client.py).
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
