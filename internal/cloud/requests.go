package cloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
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

// requests are the documents of one HTTP request.
type requests struct {
	list  []graphql.Request
	batch bool
	get   bool // the one document came in the URL
}

// body is a GraphQL request as clients send it. Prefect Core sends variables as
// a string that holds JSON.
type body struct {
	Query         string          `json:"query"`
	OperationName string          `json:"operationName"`
	Variables     json.RawMessage `json:"variables"`
}

func readRequests(r *http.Request) (*requests, *reply) {
	if r.Method == http.MethodGet {
		return readURL(r.URL.RawQuery)
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, plain(http.StatusInternalServerError, "POST body missing. Did you forget use body-parser middleware?")
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
	request, complaint := asRequest(document, operation, []byte(variables))
	if complaint != "" {
		return nil, plain(http.StatusBadRequest, complaint)
	}
	return &requests{list: []graphql.Request{request}, get: true}, nil
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

func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/json"
}

func tooLarge() *reply {
	e := &graphql.Error{Message: fmt.Sprintf("The request is larger than %d bytes.", MaxBody), Code: graphql.CodeBadUserInput}
	return errorReply(http.StatusRequestEntityTooLarge, e, nil)
}

func split(text []byte) (*requests, *reply) {
	var bodies []body
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	out := &requests{batch: bytes.HasPrefix(trimmed, []byte("["))}
	var err error
	switch {
	case out.batch:
		err = json.Unmarshal(text, &bodies)
	case bytes.HasPrefix(trimmed, []byte("{")):
		bodies = make([]body, 1)
		err = json.Unmarshal(text, &bodies[0])
	default:
		err = errors.New("neither an object nor an array")
	}
	if err != nil {
		return nil, plain(http.StatusBadRequest, unreadable(err))
	}
	if len(bodies) > MaxBatch {
		return nil, plain(http.StatusBadRequest, fmt.Sprintf("A batch holds at most %d documents.", MaxBatch))
	}
	out.list = make([]graphql.Request, len(bodies))
	for i, b := range bodies {
		var complaint string
		if out.list[i], complaint = b.request(); complaint != "" {
			return nil, plain(http.StatusBadRequest, complaint)
		}
	}
	return out, nil
}

// unreadable words an error of encoding/json, whose text may quote the body.
func unreadable(err error) string {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		switch mismatch.Field {
		case "query":
			return "GraphQL queries must be strings."
		case "operationName":
			return "The operation name must be a string."
		}
	}
	return "Bad Request: the body is no GraphQL request in JSON."
}

// request reads the forms that Apollo Server accepts, with its words for others.
func (b *body) request() (out graphql.Request, complaint string) {
	text := []byte(b.Variables)
	if len(text) > 0 && text[0] == '"' {
		var quoted string
		if json.Unmarshal(text, &quoted) != nil || quoted == "" && b.Query != "" {
			return out, "Variables are invalid JSON."
		}
		text = []byte(quoted)
	}
	return asRequest(b.Query, b.OperationName, text)
}

func asRequest(query, operation string, variables []byte) (out graphql.Request, complaint string) {
	if query == "" {
		return out, "Must provide query string."
	}
	read, err := graphql.ReadVariables(variables)
	if err != nil {
		return out, "Variables are invalid JSON."
	}
	return graphql.Request{Query: query, OperationName: operation, Variables: read}, ""
}
