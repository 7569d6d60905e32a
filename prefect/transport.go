package prefect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// send sends one document and reads the answer. It calls the RoundTripper itself, so that no
// redirect is followed, which would carry the key to another host.
func (c *Client) send(ctx context.Context, body []byte, r *reply) error {
	c.learned.requests.Add(1)
	req := c.newRequest(ctx, body)
	resp, err := c.base.RoundTrip(req)
	if err != nil {
		return &url.Error{Op: "Post", URL: c.endpoint, Err: err}
	}
	defer resp.Body.Close()
	r.from = origin{url: req.URL, sent: req.ContentLength}
	r.read(resp)
	r.redirect = httperr.Redirect(req.URL, resp)
	return nil
}

// newRequest returns a request that no other one shares anything with, as a RoundTripper
// may change it.
func (c *Client) newRequest(ctx context.Context, body []byte) *http.Request {
	to := *c.url
	newBody := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req := (&http.Request{
		Method: http.MethodPost, URL: &to, Host: to.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + c.key()}},
		ContentLength: int64(len(body)), GetBody: newBody,
	}).WithContext(ctx)
	req.Body, _ = newBody()
	if c.tenantID != "" {
		req.Header["X-Prefect-Tenant-Id"] = []string{c.tenantID}
	}
	return req
}

// call sends one document. The error is that of the document as a whole; the errors
// of its aliases are in the reply.
func (c *Client) call(ctx context.Context, r *reply, write write, document any, variables []variable) error {
	body, err := bodyOf(write, document, variables)
	if err != nil {
		return &httperr.UnsentError{Err: errors.New("the request cannot be written as JSON"), Final: true}
	}
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err = c.send(limited, body, r)
	switch {
	case r.status == 0:
		return c.transportError(ctx, err)
	case r.status != http.StatusOK:
		return r.refusal()
	case errors.Is(r.broken, errNotGraphQL):
		return unanswered{reason: r.from.notGraphQL()}
	case r.broken != nil:
		return unanswered{reason: r.broken}
	case r.data == nil:
		return r.failure(r.errors[0])
	}
	return nil
}

var errMismatch = errors.New("the answer does not fit the request")

// unanswered is why there is no complete answer, and how the context ended if that
// is the reason.
type unanswered struct{ reason, ended error }

func (u unanswered) Error() string   { return u.reason.Error() }
func (u unanswered) Unwrap() []error { return []error{ErrNoAnswer, u.reason, u.ended} }

// transportError returns why a request got no answer. An error of net/http names the
// URL and the reason, never the body.
func (c *Client) transportError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return unanswered{context.Cause(ctx), ctx.Err()}
	}
	var unsent *httperr.UnsentError
	if errors.As(err, &unsent) {
		return unsent
	}
	if err == nil {
		return errors.New("the request was not sent")
	}
	if c.knownMessages {
		err = httperr.Cause(err)
	}
	return &lost{c.endpoint, err}
}

// lost is why a request to a URL got no answer.
type lost struct {
	url   string
	cause error
}

func (e *lost) Error() string { return httperr.Sentence("the API", e.url, e.cause) }

func (e *lost) Unwrap() []error { return []error{ErrNoAnswer, e.cause} }
