package prefect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// maxReply bounds how much of an answer is read, in bytes. The names of 100,000
// secrets at the longest fit into it.
const maxReply = 32 << 20

// reply is what one request got. The call puts it into its context and transport
// fills it, because the GraphQL library cannot decode a JSON scalar, drops an
// error's path and code, and quotes the body of an answer that is not 200.
type reply struct {
	raw        bool // the call reads data itself, which holds a JSON scalar
	status     int
	location   string // see [APIError]
	retryAfter time.Duration
	body       []byte
	data       map[string]json.RawMessage
	errors     []replyError
	broken     error // why the body could not be read as an answer
	misfit     bool  // data beside errors could not be decoded
}

type replyError struct {
	message string
	path    string
	code    string
}

type replyKey struct{}

// transport authenticates each request and reads the answer into the call's
// reply; the GraphQL library gets a 200 that holds data alone. So a redirect is
// never followed, which would carry the key to another host.
type transport struct {
	base     http.RoundTripper
	key      func() string
	tenantID string
	requests *atomic.Int64
}

func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	r, ok := req.Context().Value(replyKey{}).(*reply)
	if !ok {
		return nil, errors.New("a request outside a call")
	}
	req = req.WithContext(req.Context())
	req.Header = req.Header.Clone()
	req.Header.Set("Authorization", "Bearer "+t.key())
	if t.tenantID != "" {
		req.Header.Set("X-PREFECT-TENANT-ID", t.tenantID)
	}
	t.requests.Add(1)
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	r.read(resp)
	r.location = redirect(req.URL, resp)
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(r.libraryBody())), Request: req,
	}, nil
}

func (r *reply) read(resp *http.Response) {
	r.status = resp.StatusCode
	r.retryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	switch {
	case err != nil:
		r.broken = fmt.Errorf("the answer broke off: %w", httperr.Cause(err))
	case len(body) > maxReply:
		r.broken = fmt.Errorf("the answer has more than %d MiB", maxReply>>20)
	default:
		r.parse(body)
	}
}

func (r *reply) parse(body []byte) {
	var answer struct {
		Data   map[string]json.RawMessage `json:"data"`
		Errors json.RawMessage            `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		r.broken = errors.New("the answer is not GraphQL's JSON")
		return
	}
	r.body, r.data = body, answer.Data
	r.errors = parseErrors(answer.Errors)
	if r.data == nil && r.errors == nil {
		r.broken = errors.New("the answer holds neither data nor errors")
	}
}

// parseErrors reads the list of errors, which the API may also send as one plain
// text (Prefect 0.9.3, tests/client/test_secrets.py).
func parseErrors(raw json.RawMessage) []replyError {
	if raw == nil {
		return nil
	}
	var list []struct {
		Message    string `json:"message"`
		Path       []any  `json:"path"`
		Extensions struct {
			Code string `json:"code"`
		} `json:"extensions"`
	}
	if json.Unmarshal(raw, &list) != nil {
		var text string
		if json.Unmarshal(raw, &text) != nil || text == "" {
			return nil
		}
		return []replyError{{message: text}}
	}
	var errs []replyError
	for _, e := range list {
		errs = append(errs, replyError{message: e.Message, path: firstOf(e.Path), code: e.Extensions.Code})
	}
	return errs
}

func firstOf(path []any) string {
	if len(path) == 0 {
		return ""
	}
	return fmt.Sprint(path[0])
}

// libraryBody is an answer as the GraphQL library can decode it: without errors
// and without JSON scalars.
func (r *reply) libraryBody() []byte {
	switch {
	case r.raw || r.data == nil:
		return []byte(`{"data":null}`)
	case r.errors == nil:
		return r.body
	}
	body, _ := json.Marshal(map[string]any{"data": r.data})
	return body
}

// longestWait bounds what a Retry-After may ask for.
const longestWait = 24 * time.Hour

// retryAfter reads the header's seconds, or its date (RFC 9110, 10.2.3). What asks
// for more than longestWait counts as not said.
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil && seconds <= int(longestWait/time.Second) {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	if wait < 0 || wait > longestWait {
		return 0
	}
	return wait
}

// call sends one document. The error is that of the document as a whole; what
// failed in it by alias is left in the reply.
func (c *Client) call(ctx context.Context, r *reply, send func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	err := send(context.WithValue(limited, replyKey{}, r))
	switch {
	case r.status == 0:
		return c.transportError(ctx, err)
	case r.status != http.StatusOK:
		return r.refusal()
	case r.broken != nil:
		return unanswered{reason: r.broken}
	case r.data == nil:
		return r.failure(r.errors[0])
	case err != nil && len(r.errors) == 0:
		return errMisfit
	}
	r.misfit = err != nil
	return nil
}

var errMisfit = errors.New("the answer does not fit the request")

// unanswered is why there is no whole answer, and how the context ended if that
// is the reason.
type unanswered struct{ reason, ended error }

func (u unanswered) Error() string   { return u.reason.Error() }
func (u unanswered) Unwrap() []error { return []error{ErrNoAnswer, u.reason, u.ended} }

// transportError words what kept a request from being answered. The error of
// net/http names the URL and the reason, never the body.
func (c *Client) transportError(ctx context.Context, err error) error {
	var unsent *httperr.UnsentError
	if ctx.Err() == nil && errors.As(err, &unsent) {
		return unsent
	}
	if ctx.Err() != nil {
		return unanswered{context.Cause(ctx), ctx.Err()}
	}
	if err == nil {
		return errors.New("the request was not sent")
	}
	if c.knownMessages {
		err = httperr.Cause(err)
	}
	return fmt.Errorf("%w: %w", ErrNoAnswer, err)
}

// redirect is where an answer leads, if that is what it is.
func redirect(from *url.URL, resp *http.Response) string {
	header := resp.Header.Get("Location")
	to, err := from.Parse(header)
	if header == "" || err != nil || resp.StatusCode < 300 || resp.StatusCode >= 400 {
		return ""
	}
	return address.Shown(to)
}

// refusal is the error of an answer whose status is not 200. Its text is not
// kept: Apollo Server echoes the variables of a document that it refuses.
func (r *reply) refusal() error {
	e := &APIError{Status: r.status, RetryAfter: r.retryAfter, Location: r.location}
	if len(r.errors) > 0 {
		e.Code = r.errors[0].code
		e.Path = r.errors[0].path
		if strings.Contains(r.errors[0].message, notFoundText) {
			e.Message = notFoundText
		}
	}
	return e
}

func (r *reply) failure(e replyError) *APIError {
	return &APIError{Status: r.status, RetryAfter: r.retryAfter, Code: e.code, Path: e.path, Message: e.message}
}

// errorAt is the error of one alias: its own, else one that names no alias if
// the alias has no data. It is nil if the alias has data and no error.
func (r *reply) errorAt(alias string) *APIError {
	for _, e := range r.errors {
		if e.path == alias {
			return r.failure(e)
		}
	}
	if raw, ok := r.data[alias]; ok && string(raw) != "null" {
		return nil
	}
	for _, e := range r.errors {
		if e.path == "" {
			return r.failure(e)
		}
	}
	return &APIError{Status: r.status, Path: alias, Message: "it left out the result", leftOut: true}
}
