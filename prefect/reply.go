package prefect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/httperr"
	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
	"github.com/prefect-secrets/prefect-secrets/internal/smallmap"
)

// maxReply bounds how much of an answer is read, in bytes. It fits the names of
// 100,000 secrets, each as long as a name may be.
const maxReply = 32 << 20

// reply is the answer to one request. The call adds it to its context and transport
// fills it. The GraphQL library only writes documents: it cannot decode a JSON scalar,
// drops an error's path and code, and quotes the body of an answer that is not 200.
type reply struct {
	status     int
	redirect   string // see [APIError]
	from       origin
	retryAfter time.Duration
	data       json.RawMessage               // an object, or nil
	fields     smallmap.Map[json.RawMessage] // of data, once [reply.members] has read them
	errors     []replyError
	broken     error // why the body could not be read as an answer
}

type replyError struct {
	message string
	path    string
	code    string
	refused string
}

func (r *reply) read(resp *http.Response) {
	r.status = resp.StatusCode
	if after := resp.Header.Get("Retry-After"); after != "" {
		r.retryAfter = httperr.RetryAfter(after, time.Now())
	}
	body, err := readBody(resp)
	switch {
	case err != nil:
		r.broken = fmt.Errorf("the answer was cut off: %w", httperr.Cause(err))
	case len(body) > maxReply:
		r.broken = fmt.Errorf("the answer is larger than %d MiB", maxReply>>20)
	default:
		r.parse(body)
		if r.broken != nil {
			r.from.form, r.from.https = formOf(resp.Header, body), httperr.WantsHTTPS(r.status, body)
		}
	}
}

// trustedLength is up to how many bytes the announced length of an answer is believed.
const trustedLength = 64 << 10

// readBody reads an answer, at most one byte more than maxReply.
func readBody(resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n > 0 && n <= trustedLength {
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	return io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
}

func (r *reply) parse(body []byte) {
	var data, errs json.RawMessage
	ok := rawjson.Members(body, func(key []byte, value json.RawMessage) {
		switch string(key) {
		case "data":
			data = value
		case "errors":
			errs = value
		}
	})
	if string(data) == "null" {
		data = nil
	}
	if !ok || data != nil && data[0] != '{' {
		r.broken = errNotGraphQL
		return
	}
	r.data = data
	r.errors = parseErrors(errs)
	if r.data == nil && r.errors == nil {
		r.broken = errNotGraphQL
	}
}

// members returns what data has, by alias.
func (r *reply) members() *smallmap.Map[json.RawMessage] {
	if r.data != nil && r.fields.Len() == 0 {
		c := rawjson.Cursor{Text: r.data}
		c.Members(func(key []byte) { r.fields.Set(string(key), c.Skip()) })
	}
	return &r.fields
}

// field returns what data has under an alias, nil if that is missing or null.
func (r *reply) field(alias string) json.RawMessage {
	value, _ := r.members().Get(alias)
	if string(value) == "null" {
		return nil
	}
	return value
}

// fits reports whether data has only the aliases of a document of that size.
func (r *reply) fits(size int) bool {
	asked := 0
	for i := range size {
		if _, ok := r.members().Get(aliasOf(i)); ok {
			asked++
		}
	}
	return asked == r.members().Len()
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

// decode reads data into the struct that the query was written from. The error means that
// they do not fit.
func (r *reply) decode(into any) error {
	d := json.NewDecoder(bytes.NewReader(r.data))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// refusal returns the error of an answer whose status is not 200. It leaves out the
// server's text: Apollo Server echoes the variables of a document that it refuses.
func (r *reply) refusal() error {
	e := &APIError{Status: r.status, RetryAfter: r.retryAfter, redirect: r.redirect, from: r.from}
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
	if r.field(alias) != nil {
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
