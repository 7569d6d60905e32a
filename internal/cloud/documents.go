package cloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
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

// parameters are the members of a request as clients send them, each as JSON.
type parameters map[string]json.RawMessage

// readBatch reads a body: one request, or a list of them.
func readBatch(text []byte) (*requests, *Reply) {
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); !bytes.HasPrefix(trimmed, []byte("[")) {
		return readSingle(text)
	}
	list, ok := graphql.Elements(text, MaxBatch+1)
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
		p, _ := graphql.Members(item) // what is not an object has no query
		var problem string
		if out.list[i], problem = parameters(p).document(); problem == noQuery {
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
	p, ok := graphql.Members(text)
	switch {
	case len(text) == 0 || ok && len(p) == 0:
		return nil, textReply(http.StatusInternalServerError, bodyMissing)
	case !ok:
		return nil, textReply(http.StatusBadRequest, bodyProblem(text))
	}
	d, problem := parameters(p).document()
	if problem != "" {
		return nil, textReply(http.StatusBadRequest, problem)
	}
	return &requests{list: []document{d}}, nil
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
	p := parameters{}
	for name, list := range values {
		if !utf8.ValidString(list[0]) || len(list) > 1 && name != "query" {
			return nil, textReply(http.StatusBadRequest, "Bad Request: the URL is malformed.")
		}
		if len(list) > 1 {
			return nil, textReply(http.StatusBadRequest, queryNotString)
		}
		if list[0] != "" {
			p[name], _ = json.Marshal(list[0])
		}
	}
	d, problem := p.document()
	if problem != "" {
		return nil, textReply(http.StatusBadRequest, problem)
	}
	return &requests{list: []document{d}, get: true}, nil
}

// document reads the forms that Apollo Server accepts. For others it returns
// Apollo's message.
func (p parameters) document() (out document, problem string) {
	extensions, ok := p.embeddedJSON("extensions")
	if !ok || len(extensions) > 0 && !json.Valid(extensions) {
		return out, badExtensions
	}
	query, isString := p.stringMember("query")
	switch {
	case !isString && !p.falsy("query"):
		return out, queryNotString
	case query == "" && isPersisted(extensions):
		return document{err: errPersisted}, ""
	case query == "":
		return out, noQuery
	}
	out.Query = query
	given := p["operationName"] != nil && string(p["operationName"]) != "null"
	if name, isString := p.stringMember("operationName"); isString || given {
		out.OperationName = &name // empty if it is not a string: no operation has that name
	}
	variables, ok := p.embeddedJSON("variables")
	if !ok {
		return out, badVariables
	}
	var err error
	if out.Variables, err = graphql.ReadVariables(variables); err != nil {
		return out, badVariables
	}
	return out, ""
}

// stringMember decodes a member, if it is a string.
func (p parameters) stringMember(name string) (text string, ok bool) {
	raw := p[name]
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}

// embeddedJSON returns the JSON of a member. If the member is a string, its text is
// that JSON, as Prefect Core sends variables; an empty string is returned as it is.
func (p parameters) embeddedJSON(name string) (raw []byte, ok bool) {
	raw = p[name]
	if len(raw) == 0 || raw[0] != '"' || string(raw) == `""` {
		return raw, true
	}
	text, ok := p.stringMember(name)
	return []byte(text), ok
}

// falsy reports whether JavaScript treats a member as false.
func (p parameters) falsy(name string) bool {
	switch string(p[name]) {
	case "", "null", "false", "0", "-0", `""`:
		return true
	}
	return false
}

// isPersisted reports whether extensions name a document by its hash.
func isPersisted(extensions []byte) bool {
	members, _ := graphql.Members(extensions)
	return len(members["persistedQuery"]) > 0
}
