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
	// attemptTime bounds one attempt, so that a connection which hangs is given up
	// while there is time for another.
	attemptTimeout = 10 * time.Second
	// maxAnswer bounds what is read of an answer, in bytes: a list of 250,000 names
	// of 255 bytes.
	maxResponse = 64 << 20
)

// client sends requests to Vault, once each.
type client struct{ api *api.Client }

// newClient makes a client that takes nothing from the environment: what
// [api.NewClient] reads there is put back.
func newClient(c Config) (*client, error) {
	transport := c.Transport
	if transport == nil {
		var err error
		if transport, err = newTransport(c.TLS); err != nil {
			return nil, err
		}
	}
	out, err := api.NewClient(&api.Config{
		Address: c.Address,
		// The time stands here because a LifetimeWatcher has no context of ours.
		HttpClient: &http.Client{Transport: limitedTransport{transport}, CheckRedirect: checkRedirect, Timeout: attemptTimeout},
		CheckRetry: func(context.Context, *http.Response, error) (bool, error) { return false, nil },
		// A redirect is followed by net/http, which sends the body again.
		DisableRedirects: true,
	})
	if err != nil {
		return nil, errors.New("the client of vault cannot be made: look at the VAULT_ variables of the environment")
	}
	out.ClearToken()
	out.SetHeaders(http.Header{api.RequestHeaderName: {"true"}})
	out.SetWrappingLookupFunc(func(string, string) string { return "" })
	if c.Namespace != "" {
		out.SetNamespace(c.Namespace)
	}
	return &client{out}, nil
}

// request is one request to Vault.
type request struct {
	method, path string
	// body, if not nil, is sent as JSON.
	body any
	// needs is the capability that a policy must grant, for the error.
	needs string
	// missing makes of a 404 an answer.
	missing bool
}

// answer is what Vault said. Status is 0 where nothing came back.
type response struct {
	status     int
	body       []byte
	errors     []string
	retryAfter string
	sent       int
}

// as is Vault's own client with a token.
func (c *client) withToken(token string) *api.Client {
	return c.api.WithRequestCallbacks(func(out *api.Request) { out.ClientToken = token })
}

var errUnreadable = errors.New("vault's answer about the token is not readable")

// call lets do ask Vault once with a token. Of what do makes of the answer, only the
// errors that say nothing of it are kept: the answer might repeat what was sent.
func (c *client) call(token string, do func(*api.Client) (*api.Secret, error)) (*api.Secret, response, error) {
	var a response
	got, err := do(c.withToken(token).WithResponseCallbacks(func(r *api.Response) {
		a = response{status: r.StatusCode, retryAfter: r.Header.Get("Retry-After")}
	}))
	var refused *api.ResponseError
	var lost net.Error
	switch {
	case errors.As(err, &refused):
		a.errors, err = refused.Errors, nil
	case a.status >= http.StatusMultipleChoices:
		err = nil
	case a.status != 0 && (err != nil || got == nil) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, &lost):
		err = errUnreadable
	}
	return got, a, err
}

// once sends a request with a token. The error is one of the connection; what
// Vault refuses is an answer.
func (c *client) send(ctx context.Context, token string, r request) (response, error) {
	resp, err := sendRaw(ctx, c.withToken(token).Logical(), r)
	if resp == nil {
		return response{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return response{}, err
	}
	out := response{status: resp.StatusCode, body: body, retryAfter: resp.Header.Get("Retry-After")}
	if out.status >= http.StatusBadRequest {
		var said api.ErrorResponse
		_ = json.Unmarshal(body, &said)
		out.errors = said.Errors
	}
	return out, nil
}

func sendRaw(ctx context.Context, c *api.Logical, r request) (*api.Response, error) {
	switch r.method {
	case http.MethodGet:
		return c.ReadRawWithContext(ctx, r.path)
	case methodList:
		return c.ReadRawWithDataWithContext(ctx, r.path, map[string][]string{"list": {"true"}})
	case http.MethodDelete:
		return c.DeleteRawWithContext(ctx, r.path)
	}
	body, err := json.Marshal(r.body)
	if err != nil {
		return nil, err
	}
	return c.WriteRawWithContext(ctx, r.path, body)
}
