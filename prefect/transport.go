package prefect

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// transport authenticates each request and reads the answer into the call's reply; the
// GraphQL library gets a 200 without a body. So no redirect is followed, which would
// carry the key to another host.
type transport struct {
	base     http.RoundTripper
	key      func() string // a closure, so that printing a client cannot reach the key
	tenantID string
	requests *atomic.Int64
}

type replyKey struct{}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	r, ok := req.Context().Value(replyKey{}).(*reply)
	if !ok {
		return nil, errors.New("a request outside a call")
	}
	t.requests.Add(1)
	t.authenticate(req.Header)
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	r.from = origin{url: req.URL, sent: req.ContentLength}
	r.read(resp)
	r.redirect = httperr.Redirect(req.URL, resp)
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: http.NoBody, Request: req,
	}, nil
}

// authenticate adds the headers that the API needs to those of the library's request,
// which has only Content-Type. It changes the request itself instead of a copy, because the
// library makes one for each call and never uses it again.
func (t *transport) authenticate(header http.Header) {
	header["Authorization"] = []string{"Bearer " + t.key()}
	if t.tenantID != "" {
		header.Set("X-PREFECT-TENANT-ID", t.tenantID)
	}
}

// call sends one document. The error is that of the document as a whole; the errors
// of its aliases are in the reply.
func (c *Client) call(ctx context.Context, r *reply, send func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err := send(context.WithValue(limited, replyKey{}, r))
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
