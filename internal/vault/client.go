package vault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/vault/api"
)

const (
	methodList = "LIST"
	// attemptTimeout bounds one attempt, so that after a connection that hangs there is
	// time for another attempt.
	attemptTimeout = 10 * time.Second
	// maxResponse bounds what is read of a response, in bytes: a list of 250,000 names
	// of 255 bytes.
	maxResponse = 64 << 20
)

// client sends requests to Vault, without retries. Logins and renewals go through
// Vault's own client. The requests of the store go through net/http alone, because Vault's
// client takes as long for a request as net/http does.
type client struct {
	api    *api.Client
	http   http.RoundTripper
	url    string      // of the API, with a slash at the end
	header http.Header // of every request; without the token
}

// headers of a request to Vault.
const (
	headerToken     = "X-Vault-Token"
	headerNamespace = "X-Vault-Namespace"
)

// newClient returns a client that uses nothing from the environment: it resets what
// [api.NewClient] reads there.
func newClient(c Config) (*client, error) {
	transport := c.Transport
	if transport == nil {
		var err error
		if transport, err = newTransport(c.TLS); err != nil {
			return nil, err
		}
	}
	vault, err := api.NewClient(&api.Config{
		Address: c.Address,
		HttpClient: &http.Client{
			Transport:     limitedTransport{transport},
			CheckRedirect: checkRedirect,
			Timeout:       attemptTimeout, // not in contexts, because a LifetimeWatcher has its own
		},
		CheckRetry: func(context.Context, *http.Response, error) (bool, error) { return false, nil },
		// net/http follows redirects instead, and sends the body again.
		DisableRedirects: true,
	})
	if err != nil {
		return nil, errors.New("cannot create the client of Vault: check the VAULT_ environment variables")
	}
	base, err := url.JoinPath(c.Address, "v1/")
	if err != nil {
		return nil, err // unreachable: checkAddress has parsed it
	}
	header := http.Header{api.RequestHeaderName: {"true"}}
	vault.ClearToken()
	vault.SetHeaders(header.Clone())
	vault.SetWrappingLookupFunc(func(string, string) string { return "" })
	if c.Namespace != "" {
		vault.SetNamespace(c.Namespace)
		header.Set(headerNamespace, c.Namespace)
	}
	return &client{
		api: vault, http: transport,
		url: base, header: header,
	}, nil
}

// request is one request to Vault.
type request struct {
	method, path string
	// body, if not nil, is JSON.
	body []byte
	// needs is the capability that a policy must grant, for the error.
	needs string
	// allowMissing means that a 404 is not an error.
	allowMissing bool
	// into, if not nil, gets the body of the answer, which is then valid until into changes.
	into *bytes.Buffer
}

// response is a response of Vault.
type response struct {
	status     int // 0 if there was no response
	body       []byte
	errors     []string
	retryAfter string
	sent       int // how often Store.do sent the request
}

// withToken returns Vault's own client, with a token.
func (c *client) withToken(token string) *api.Client {
	return c.api.WithRequestCallbacks(func(out *api.Request) { out.ClientToken = token })
}

var errUnreadable = errors.New("cannot read Vault's answer about the token")

// call calls send, which is to send one request, with a client of Vault that has the
// token. It returns the error of send only if the connection failed: other errors may
// repeat what was sent, because the response may.
func (c *client) call(token string, send func(*api.Client) (*api.Secret, error)) (*api.Secret, response, error) {
	var resp response
	secret, err := send(c.withToken(token).WithResponseCallbacks(func(r *api.Response) {
		resp = response{status: r.StatusCode, retryAfter: r.Header.Get("Retry-After")}
	}))
	var refused *api.ResponseError
	var network net.Error
	connectionFailed := errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
	switch {
	case errors.As(err, &refused):
		resp.errors, err = refused.Errors, nil
	case resp.status >= http.StatusMultipleChoices:
		err = nil
	case resp.status != 0 && (err != nil || secret == nil) && !connectionFailed:
		err = errUnreadable
	}
	return secret, resp, err
}

// send sends a request with a token. It waits for the answer until end, and no longer
// than attemptTimeout. The error is one of the connection; if Vault refuses the request,
// the response says so.
func (c *client) send(ctx context.Context, end time.Time, token string, req request) (response, error) {
	if limit := time.Now().Add(attemptTimeout); limit.Before(end) {
		end = limit
	}
	ctx, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	answer, err := c.roundTrip(ctx, token, req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := readAll(answer, req.into)
	if err != nil {
		return response{}, err
	}
	resp := response{status: answer.StatusCode, body: body, retryAfter: answer.Header.Get("Retry-After")}
	if resp.status >= http.StatusBadRequest {
		var refused api.ErrorResponse
		_ = json.Unmarshal(body, &refused)
		resp.errors = refused.Errors
	}
	return resp, nil
}

// roundTrip sends a request, and again with an [http.Client] if the answer is a redirect,
// as of a standby node. Other answers, which nearly all are, do without what an
// http.Client prepares for redirects.
func (c *client) roundTrip(ctx context.Context, token string, req request) (*http.Response, error) {
	out, err := c.newRequest(ctx, token, req)
	if err != nil {
		return nil, err
	}
	answer, err := c.http.RoundTrip(out)
	if err != nil || answer.StatusCode/100 != 3 {
		return answer, err
	}
	_ = answer.Body.Close()
	if out, err = c.newRequest(ctx, token, req); err != nil {
		return nil, err
	}
	return (&http.Client{Transport: c.http, CheckRedirect: checkRedirect}).Do(out)
}

// newRequest returns a request as Vault's own client would send it.
func (c *client) newRequest(ctx context.Context, token string, req request) (*http.Request, error) {
	method, target := req.method, c.url+req.path
	if method == methodList {
		method, target = http.MethodGet, target+"?list=true"
	}
	var body io.Reader
	if req.body != nil {
		body = bytes.NewReader(req.body)
	}
	out, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, err
	}
	out.Header = make(http.Header, len(c.header)+2)
	maps.Copy(out.Header, c.header) // the lists are never changed
	out.Header[headerToken] = []string{token}
	return out, nil
}

// readAll reads a body of up to maxResponse bytes, into a buffer if that is not nil.
func readAll(answer *http.Response, into *bytes.Buffer) ([]byte, error) {
	if n := answer.ContentLength; into == nil && n >= 0 && n <= maxResponse {
		text := make([]byte, n)
		_, err := io.ReadFull(answer.Body, text)
		return text, err
	}
	if into == nil {
		into = new(bytes.Buffer) // doubles, where io.ReadAll would grow by a quarter
	}
	into.Reset()
	_, err := into.ReadFrom(io.LimitReader(answer.Body, maxResponse))
	return into.Bytes(), err
}
