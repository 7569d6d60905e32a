package cloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

const (
	// MaxBody bounds a request's body, in bytes: PrefectHQ/server's limit (services/apollo).
	MaxBody = 5 << 20
	// MaxBatch bounds the documents of a JSON array, each of which may take the
	// full cost of validation.
	MaxBatch = 20
)

// request is one document, or why there is none.
type request struct {
	graphql.Request
	refused *graphql.Error
}

// requests are the documents of one HTTP request.
type requests struct {
	list  []request
	batch bool
	get   bool // the one document came in the URL
}

func readRequests(r *http.Request) (*requests, *reply) {
	if r.Method == http.MethodGet {
		return readURL(r.URL.RawQuery)
	}
	if refused := refuseType(r.Header); refused != nil {
		return nil, refused
	}
	if r.ContentLength > MaxBody {
		return nil, tooLarge()
	}
	text, err := readBody(r)
	switch {
	case err != nil:
		return nil, plain(http.StatusBadRequest, "Bad Request: the body ended early.")
	case len(text) > MaxBody:
		return nil, tooLarge()
	case !utf8.Valid(text):
		return nil, plain(http.StatusBadRequest, "Bad Request: the body is not UTF-8.")
	}
	return split(text)
}

// readURL reads the query, variables and operationName of a GET.
func readURL(query string) (*requests, *reply) {
	values, err := url.ParseQuery(query)
	document, variables, operation := values.Get("query"), values.Get("variables"), values.Get("operationName")
	switch {
	case err != nil || !utf8.ValidString(document+variables+operation):
		return nil, plain(http.StatusBadRequest, "Bad Request: the URL is malformed.")
	case len(values) == 0:
		return nil, plain(http.StatusBadRequest, "GET query missing.")
	case len(values["query"]) > 1:
		return nil, plain(http.StatusBadRequest, "GraphQL queries must be strings.")
	}
	b := body{"query": quote(document), "extensions": quote(values.Get("extensions"))}
	if !values.Has("query") {
		delete(b, "query")
	}
	if operation != "" {
		b["operationName"] = quote(operation)
	}
	if variables != "" {
		b["variables"] = quote(variables)
	}
	out := &requests{get: true}
	if refused := out.add(b); refused != nil {
		return nil, refused
	}
	return out, out.refuseSingle()
}

func quote(text string) json.RawMessage {
	quoted, _ := json.Marshal(text) // a string cannot fail
	return quoted
}

// readBody reads at most one byte more than MaxBody.
func readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength < 0 {
		return io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	}
	text := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, text)
	return text, err
}

// bodyMissing is what Apollo Server says where Express found no body to read.
func bodyMissing() *reply {
	return plain(http.StatusInternalServerError, "POST body missing. Did you forget use body-parser middleware?")
}

// refuseType refuses what is not JSON in UTF-8, or is compressed.
func refuseType(h http.Header) *reply {
	media, charset := h.Get("Content-Type"), ""
	if media != "application/json" {
		parsed, parameters, err := mime.ParseMediaType(media)
		if err != nil || parsed != "application/json" {
			return bodyMissing()
		}
		charset = parameters["charset"]
	}
	if charset != "" && !strings.EqualFold(charset, "utf-8") {
		return plain(http.StatusUnsupportedMediaType, "Unsupported Media Type: send JSON in UTF-8.")
	}
	if encoding := h.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return plain(http.StatusUnsupportedMediaType, "Unsupported Media Type: send the body as it is, not compressed.")
	}
	return nil
}

func tooLarge() *reply {
	e := &graphql.Error{Message: fmt.Sprintf("The request is larger than %d bytes.", MaxBody), Code: graphql.CodeBadUserInput}
	return errorReply(http.StatusRequestEntityTooLarge, e, nil)
}

// split cuts a body into its documents.
func split(text []byte) (*requests, *reply) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	out := &requests{batch: bytes.HasPrefix(trimmed, []byte("["))}
	if out.batch {
		return out, out.splitBatch(text)
	}
	var one body
	if len(text) > 0 && (!bytes.HasPrefix(trimmed, []byte("{")) || json.Unmarshal(text, &one) != nil) {
		return nil, unreadable()
	}
	if len(one) == 0 {
		return nil, bodyMissing()
	}
	if refused := out.add(one); refused != nil {
		return nil, refused
	}
	return out, out.refuseSingle()
}

func (rs *requests) splitBatch(text []byte) *reply {
	var elements []json.RawMessage
	switch err := json.Unmarshal(text, &elements); {
	case err != nil:
		return unreadable()
	case len(elements) == 0:
		return bodyMissing()
	case len(elements) > MaxBatch:
		return plain(http.StatusBadRequest, fmt.Sprintf("A batch holds at most %d documents.", MaxBatch))
	}
	for _, element := range elements {
		var b body // stays empty for what is no object, which has no query then
		if string(element) == "null" {
			return unreadable()
		}
		_ = json.Unmarshal(element, &b)
		if refused := rs.add(b); refused != nil {
			return refused
		}
	}
	return nil
}

func unreadable() *reply {
	return plain(http.StatusBadRequest, "Bad Request: the body is no GraphQL request in JSON.")
}

// add reads one document. What it refuses, it refuses for all of a batch.
func (rs *requests) add(b body) *reply {
	r, complaint := b.request()
	if complaint != "" {
		return plain(http.StatusBadRequest, complaint)
	}
	rs.list = append(rs.list, r)
	return nil
}

// refuseSingle answers for a document that stands alone and cannot be had. Only
// a persisted query that is not known is no mistake of the client's.
func (rs *requests) refuseSingle() *reply {
	switch e := rs.list[0].refused; {
	case e == nil:
		return nil
	case e == errNotPersisted:
		return errorReply(http.StatusOK, e, nil)
	default:
		return plain(http.StatusBadRequest, e.Message)
	}
}
