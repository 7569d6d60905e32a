package prefect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
)

// maxReply bounds how much of an answer is read, in bytes. It fits the names of
// 100,000 secrets, each as long as a name may be.
const maxReply = 32 << 20

// reply is the answer to one request. The call puts it into its context and
// transport fills it, because the GraphQL library cannot decode a JSON scalar, drops
// an error's path and code, and quotes the body of an answer that is not 200.
type reply struct {
	raw        bool // the call reads data itself, which holds a JSON scalar
	status     int
	location   string // see [APIError]
	moved      bool   // see [APIError]
	from       origin
	retryAfter time.Duration
	body       []byte
	data       map[string]json.RawMessage
	errors     []replyError
	broken     error // why the body could not be read as an answer
	mismatch   bool  // data that came with errors could not be decoded
}

type replyError struct {
	message string
	path    string
	code    string
	refused string
}

func (r *reply) read(resp *http.Response) {
	r.status = resp.StatusCode
	r.retryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	switch {
	case err != nil:
		r.broken = fmt.Errorf("the answer was cut off: %w", httperr.Cause(err))
	case len(body) > maxReply:
		r.broken = fmt.Errorf("the answer is larger than %d MiB", maxReply>>20)
	default:
		r.parse(body)
		if r.broken != nil {
			r.from.form, r.from.https = formOf(resp.Header, body), wantsHTTPS(r.status, body)
		}
	}
}

func (r *reply) parse(body []byte) {
	var answer struct {
		Data   map[string]json.RawMessage `json:"data"`
		Errors json.RawMessage            `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		r.broken = errNotGraphQL
		return
	}
	r.body, r.data = body, answer.Data
	r.errors = parseErrors(answer.Errors)
	if r.data == nil && r.errors == nil {
		r.broken = errNotGraphQL
	}
}

// errNotGraphQL means that an answer is not one of a GraphQL API.
var errNotGraphQL = errors.New("the answer is not GraphQL's JSON")

// parseErrors reads the list of errors, which the API may also send as one string
// (Prefect 0.9.3, tests/client/test_secrets.py).
func parseErrors(raw json.RawMessage) []replyError {
	if raw == nil {
		return nil
	}
	var list []struct {
		Message    string `json:"message"`
		Path       []any  `json:"path"`
		Extensions struct {
			Code    string `json:"code"`
			Refused string `json:"refused"`
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
		path := ""
		if len(e.Path) > 0 {
			path = fmt.Sprint(e.Path[0])
		}
		errs = append(errs, replyError{
			message: e.Message, path: path, code: e.Extensions.Code, refused: e.Extensions.Refused,
		})
	}
	return errs
}

// libraryBody returns the answer as the GraphQL library can decode it: without
// errors and without JSON scalars.
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

// refusal returns the error of an answer whose status is not 200. It leaves out the
// server's text: Apollo Server echoes the variables of a document that it refuses.
func (r *reply) refusal() error {
	e := &APIError{Status: r.status, RetryAfter: r.retryAfter, location: r.location, moved: r.moved, from: r.from}
	if len(r.errors) > 0 {
		e.Code = r.errors[0].code
		e.path, e.refused = r.errors[0].path, r.errors[0].refused
		if strings.Contains(r.errors[0].message, notFoundText) {
			e.Message = notFoundText
		}
	}
	return e
}

func (r *reply) failure(e replyError) *APIError {
	return &APIError{Status: r.status, RetryAfter: r.retryAfter, Code: e.code, refused: e.refused, path: e.path, Message: e.message}
}

// errorAt returns the error of one alias: its own, or one without an alias if the
// alias has no data. It is nil if the alias has data and no error.
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
	return &APIError{Status: r.status, path: alias, Message: "the answer has no result", omitted: true}
}

// asError keeps a nil *APIError from becoming an error that is not nil.
func asError(e *APIError) error {
	if e == nil {
		return nil
	}
	return e
}
