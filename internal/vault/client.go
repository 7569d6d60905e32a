package vault

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
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

// client sends requests to Vault, without retries.
type client struct{ api *api.Client }

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
	vault.ClearToken()
	vault.SetHeaders(http.Header{api.RequestHeaderName: {"true"}})
	vault.SetWrappingLookupFunc(func(string, string) string { return "" })
	if c.Namespace != "" {
		vault.SetNamespace(c.Namespace)
	}
	return &client{vault}, nil
}

// request is one request to Vault.
type request struct {
	method, path string
	// body, if not nil, is sent as JSON.
	body any
	// needs is the capability that a policy must grant, for the error.
	needs string
	// allowMissing means that a 404 is not an error.
	allowMissing bool
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

// send sends a request with a token. The error is one of the connection; if Vault
// refuses the request, the response says so.
func (c *client) send(ctx context.Context, token string, req request) (response, error) {
	raw, err := sendRaw(ctx, c.withToken(token).Logical(), req)
	if raw == nil {
		return response{}, err
	}
	defer func() { _ = raw.Body.Close() }()
	body, err := io.ReadAll(raw.Body)
	if err != nil {
		return response{}, err
	}
	resp := response{status: raw.StatusCode, body: body, retryAfter: raw.Header.Get("Retry-After")}
	if resp.status >= http.StatusBadRequest {
		var refused api.ErrorResponse
		_ = json.Unmarshal(body, &refused)
		resp.errors = refused.Errors
	}
	return resp, nil
}

func sendRaw(ctx context.Context, c *api.Logical, req request) (*api.Response, error) {
	switch req.method {
	case http.MethodGet:
		return c.ReadRawWithContext(ctx, req.path)
	case methodList:
		return c.ReadRawWithDataWithContext(ctx, req.path, map[string][]string{"list": {"true"}})
	case http.MethodDelete:
		return c.DeleteRawWithContext(ctx, req.path)
	}
	body, err := json.Marshal(req.body)
	if err != nil {
		return nil, err
	}
	return c.WriteRawWithContext(ctx, req.path, body)
}
