package blocks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

const (
	// maxAnswer bounds how much of an answer is read, in bytes. A server takes a value of
	// 30 MiB, and answers it in a list if it is an object.
	maxAnswer = 64 << 20
	// maxRefusal bounds how much is read of an answer that is an error. It may repeat
	// the request.
	maxRefusal = 64 << 10
)

// call is a request, and what becomes of its answer.
type call struct {
	method, path string
	body         any // sent as JSON; nil for none
	status       int // of the answer that is a success
	// read decodes the answer; nil ignores it.
	read func(*json.Decoder) error
	// writes says that the request may change something.
	writes bool
}

// do sends a request, once. It follows no redirect, which would carry the key to another
// host.
func (c *Client) do(ctx context.Context, req call) error {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	r, err := c.request(limited, req)
	if err != nil {
		return err
	}
	c.requests.Add(1)
	resp, err := c.transport.RoundTrip(r)
	if err != nil {
		return c.noAnswer(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	from := origin{client: c, sent: r.ContentLength}
	switch {
	case resp.StatusCode != req.status:
		return from.refusal(resp)
	case req.read == nil:
		_, _ = io.CopyN(io.Discard, resp.Body, maxRefusal) // so that the connection is used again
		return nil
	}
	return c.readAnswer(ctx, from, resp, req.read)
}

func (c *Client) request(ctx context.Context, req call) (*http.Request, error) {
	body := io.Reader(http.NoBody)
	if req.body != nil {
		raw, err := marshal(req.body)
		if err != nil {
			return nil, errors.New("the request cannot be written as JSON")
		}
		body = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, req.method, c.url+req.path, body)
	if err != nil {
		return nil, errors.New("invalid API URL")
	}
	r.Header.Set("Accept", "application/json")
	if req.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if authorization := c.authorization(); authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return r, nil
}

// marshal writes JSON with < and > as they are.
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return buf.Bytes(), err
}

// errTooLarge means that an answer is longer than maxAnswer.
var errTooLarge = fmt.Errorf("the server's answer is larger than %d MiB: "+useURL, maxAnswer>>20)

// limitedBody fails with [errTooLarge] after so many bytes, and notes any other failure
// to read.
type limitedBody struct {
	io.Reader
	left   int64
	failed error
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.failed = errTooLarge
		return 0, errTooLarge
	}
	n, err := b.Reader.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && err != io.EOF {
		b.failed = err
	}
	return n, err
}

// readAnswer decodes an answer. The error never has a part of it.
func (c *Client) readAnswer(ctx context.Context, from origin, resp *http.Response, read func(*json.Decoder) error) error {
	body := &limitedBody{Reader: resp.Body, left: c.maxAnswer}
	start, rest := sniff(body)
	dec := json.NewDecoder(rest)
	err := read(dec)
	switch {
	case err == nil:
		return nil
	case errors.Is(body.failed, errTooLarge):
		return errTooLarge
	case body.failed != nil && ctx.Err() != nil:
		return c.noAnswer(ctx, body.failed)
	case body.failed != nil:
		return &noAnswer{text: "the answer was cut off: " + httperr.Cause(body.failed).Error(), cause: httperr.Cause(body.failed)}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &noAnswer{text: "the answer was cut off", cause: io.ErrUnexpectedEOF}
	case errors.Is(err, errInvalid):
		return err
	}
	return from.notPrefect(resp, start)
}

// errInvalid means that an answer has what no server of Prefect answers.
var errInvalid = errors.New("invalid answer from the server")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s, and check for a proxy that changes answers", errInvalid, fmt.Sprintf(format, args...), useURL)
}

// noAnswer is why a request got no complete answer.
type noAnswer struct {
	text  string
	cause error // of this side alone
	ended error // how the context ended, if that is the reason
}

func (e *noAnswer) Error() string   { return e.text }
func (e *noAnswer) Unwrap() []error { return []error{prefect.ErrNoAnswer, e.cause, e.ended} }

// noAnswer returns why a request got no answer. Its text never has what the other side
// wrote.
func (c *Client) noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		cause := context.Cause(ctx)
		return &noAnswer{text: cause.Error(), cause: cause, ended: ctx.Err()}
	}
	var unsent *httperr.UnsentError
	if errors.As(err, &unsent) {
		return unsent
	}
	err = httperr.Cause(err)
	return &noAnswer{text: httperr.Sentence("the API", c.url, err), cause: err}
}
