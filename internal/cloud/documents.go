package cloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
	"github.com/prefect-secrets/prefect-secrets/internal/rawjson"
)

// What Apollo Server answers to documents that it does not accept.
const (
	noQuery        = "Must provide query string."
	queryNotString = "GraphQL queries must be strings."
	badVariables   = "Variables are invalid JSON."
	badExtensions  = "Extensions are invalid JSON."
	badBody        = "Bad Request: the body is not a GraphQL request in JSON."
	batchTooMuch   = "The documents of the batch are too large together: send fewer at once."
	deepBody       = "Bad Request: the body nests deeper than 10000 levels."
)

// errPersisted tells a client to send the documents themselves.
var errPersisted = &graphql.Error{Message: "PersistedQueryNotSupported", Code: "PERSISTED_QUERY_NOT_SUPPORTED"}

// parameters are the members of a request as clients send them, each as JSON. What a
// client did not send is nil.
type parameters struct{ query, operationName, variables, extensions json.RawMessage }

// set sets the parameter with that name, if there is one.
func (p *parameters) set(name string, value json.RawMessage) {
	switch name {
	case "query":
		p.query = value
	case "operationName":
		p.operationName = value
	case "variables":
		p.variables = value
	case "extensions":
		p.extensions = value
	}
}

// readBatch reads a body: one request, or a list of them.
func readBatch(text []byte) (*requests, *Reply) {
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); !bytes.HasPrefix(trimmed, []byte("[")) {
		return readSingle(text)
	}
	list, ok := rawjson.Elements(text, MaxBatch+1)
	switch {
	case !ok:
		return nil, textReply(http.StatusBadRequest, bodyProblem(text))
	case len(list) == 0:
		return nil, textReply(http.StatusInternalServerError, bodyMissing)
	case len(list) > MaxBatch:
		return nil, textReply(http.StatusBadRequest,
			fmt.Sprintf("A batch holds at most %d documents.", MaxBatch))
	}
	out := &requests{batch: true, list: make([]document, len(list))}
	for i, item := range list {
		p, _, _ := readParameters(item) // what is not an object has no query
		var problem string
		if out.list[i], problem = p.document(); problem == noQuery {
			out.list[i].err = &graphql.Error{Message: noQuery, Code: graphql.CodeInternal}
		} else if problem != "" {
			return nil, textReply(http.StatusBadRequest, problem)
		}
	}
	if out.isTooMuch() {
		return nil, textReply(http.StatusBadRequest, batchTooMuch)
	}
	return out, nil
}

func readSingle(text []byte) (*requests, *Reply) {
	p, members, ok := readParameters(text)
	switch {
	case len(text) == 0 || ok && members == 0:
		return nil, textReply(http.StatusInternalServerError, bodyMissing)
	case !ok:
		return nil, textReply(http.StatusBadRequest, bodyProblem(text))
	}
	return oneRequest(p, false)
}

// readParameters reads a JSON object, and counts its members. It reports false if text
// is not one.
func readParameters(text []byte) (p parameters, members int, ok bool) {
	ok = rawjson.Members(text, func(name []byte, value json.RawMessage) {
		p.set(string(name), value)
		members++
	})
	return p, members, ok
}

// oneRequest returns a request of one document.
func oneRequest(p parameters, get bool) (*requests, *Reply) {
	d, problem := p.document()
	if problem != "" {
		return nil, textReply(http.StatusBadRequest, problem)
	}
	out := &requests{get: get, first: [1]document{d}}
	out.list = out.first[:]
	return out, nil
}

// bodyProblem says why a body is refused. Go's JSON decoder fails beyond 10,000
// levels.
func bodyProblem(text []byte) string {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (c == '[' || c == '{'):
			depth++
			deepest = max(deepest, depth)
		case !inString && (c == ']' || c == '}'):
			depth--
		}
	}
	if deepest > 10_000 {
		return deepBody
	}
	return badBody
}

// readURL reads the parameters of a GET.
func readURL(query string) (*requests, *Reply) {
	values, err := url.ParseQuery(query)
	switch {
	case err != nil:
		return nil, textReply(http.StatusBadRequest, "Bad Request: the URL is malformed.")
	case len(values) == 0:
		return nil, textReply(http.StatusBadRequest, "GET query missing.")
	}
	var p parameters
	for name, list := range values {
		if !utf8.ValidString(list[0]) || len(list) > 1 && name != "query" {
			return nil, textReply(http.StatusBadRequest, "Bad Request: the URL is malformed.")
		}
		if len(list) > 1 {
			return nil, textReply(http.StatusBadRequest, queryNotString)
		}
		if list[0] != "" {
			text, _ := json.Marshal(list[0])
			p.set(name, text)
		}
	}
	return oneRequest(p, true)
}

// document reads the forms that Apollo Server accepts. For others it returns
// Apollo's message.
func (p parameters) document() (out document, problem string) {
	extensions, ok := embeddedJSON(p.extensions)
	if !ok {
		return out, badExtensions
	}
	query, isString := stringOf(p.query)
	switch {
	case !isString && !falsy(p.query):
		return out, queryNotString
	case query == "" && isPersisted(extensions):
		return document{err: errPersisted}, ""
	case query == "":
		return out, noQuery
	}
	out.Query = query
	given := p.operationName != nil && string(p.operationName) != "null"
	if name, isString := stringOf(p.operationName); isString || given {
		chosen := name // empty if it is not a string: no operation has that name
		out.OperationName = &chosen
	}
	variables, ok := embeddedJSON(p.variables)
	if !ok {
		return out, badVariables
	}
	out.Variables = graphql.ReadVariables(variables)
	return out, ""
}

// stringOf decodes JSON, if it is a string. Half of a surrogate pair becomes U+FFFD.
func stringOf(raw json.RawMessage) (text string, ok bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	text, _ = rawjson.Unquote(raw[1 : len(raw)-1])
	return text, true
}

// embeddedJSON returns the JSON of a parameter. If that is a string, its text is that
// JSON, as Prefect Core sends variables; an empty string is returned as it is. It reports
// false if the text is not JSON.
func embeddedJSON(raw json.RawMessage) (text []byte, ok bool) {
	if len(raw) == 0 || raw[0] != '"' || string(raw) == `""` {
		return raw, true
	}
	decoded, _ := stringOf(raw)
	return []byte(decoded), json.Valid([]byte(decoded))
}

// falsy reports whether JavaScript treats a parameter as false.
func falsy(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "false", "0", "-0", `""`:
		return true
	}
	return false
}

// isPersisted reports whether extensions name a document by its hash.
func isPersisted(extensions []byte) bool {
	found := false
	rawjson.Members(extensions, func(name []byte, _ json.RawMessage) {
		found = found || string(name) == "persistedQuery"
	})
	return found
}
